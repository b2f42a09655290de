//! Answers that were paid for, kept by what was asked.
//!
//! ```text
//! answers/ab/cdef…   ab cdef… is the key: BLAKE3 of the model, its address, the prompt, the parameters and the sample
//! ```
//!
//! An entry is a line with the BLAKE3 of what follows, then JSON. It is written beside its place and moved there, so a
//! process that is killed leaves a whole entry or none; what a power failure damages does not fit its digest and counts
//! as absent. Processes need no lock: two that write the same entry each write a whole one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::provider::Identity;
use super::query::{Parameters, Prompt, RawAnswer};
use crate::files::{self, UNFINISHED};
use crate::shown::shown;

/// Counts changes of keys and entries, so that older entries are not taken for newer ones.
const FORMAT: u32 = 1;

/// A folder of answers.
#[derive(Clone, Debug)]
pub struct AnswerCache {
    folder: PathBuf,
}

/// The folder of answers can not be used.
#[derive(Debug, thiserror::Error)]
#[error("can not {action} {}; --no-cache does without", shown(path.display()))]
pub struct CacheError {
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// What is in a folder of answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CacheStats {
    /// All of it.
    pub total: CacheShare,
    /// By model, in the order of names. Entries that can not be read are in none of them.
    pub models: BTreeMap<String, CacheShare>,
}

/// A part of what is in a folder of answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CacheShare {
    /// How many answers.
    pub entries: u64,
    /// How many bytes they take.
    pub bytes: u64,
}

/// Where answers to one question are.
#[derive(Clone, Debug)]
pub struct AnswerKeys {
    model: String,
    hasher: blake3::Hasher,
}

/// Where the answer to one sample of a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerKey(blake3::Hash);

impl AnswerKeys {
    /// The keys of a question. The task is not part of it: the same question has the same answer.
    pub fn new(identity: &Identity, prompt: &Prompt, parameters: &Parameters) -> AnswerKeys {
        let mut question = json!({
            "address": identity.address,
            "format": FORMAT,
            "model": identity.model,
            "parameters": parameters,
            "prompt": prompt,
        });
        question.sort_all_objects();
        // "sample" is the last name in the alphabet's order, so that all before it is digested once.
        let text = question.to_string();
        let mut hasher = blake3::Hasher::new();
        hasher.update(text.strip_suffix('}').unwrap_or(&text).as_bytes());
        AnswerKeys { model: identity.model.clone(), hasher }
    }

    /// The key of a sample.
    pub fn of(&self, sample: u32) -> AnswerKey {
        let mut hasher = self.hasher.clone();
        hasher.update(format!(",\"sample\":{sample}}}").as_bytes());
        AnswerKey(hasher.finalize())
    }
}

#[derive(Serialize, Deserialize)]
struct Stored<Text, Answer> {
    model: Text,
    answer: Answer,
}

/// Only the model of an entry: answers may be long.
#[derive(Deserialize)]
struct StoredModel {
    model: String,
}

impl AnswerCache {
    /// The answers in a cache directory. Nothing is made before the first answer is put there.
    pub fn new(cache_directory: &Path) -> AnswerCache {
        AnswerCache { folder: cache_directory.join("answers") }
    }

    /// The answer, if it is there and whole.
    pub fn get(&self, key: &AnswerKey) -> Option<RawAnswer> {
        let content = fs::read(self.path(key)).ok()?;
        let stored: Stored<String, RawAnswer> = serde_json::from_slice(whole(&content)?).ok()?;
        Some(stored.answer)
    }

    /// Keeps an answer to a sample of a question.
    ///
    /// # Errors
    ///
    /// When it can not be written.
    pub fn put(&self, keys: &AnswerKeys, sample: u32, answer: &RawAnswer) -> Result<(), CacheError> {
        let path = self.path(&keys.of(sample));
        let error = |action| {
            let path = path.clone();
            move |source| CacheError { action, path, source }
        };
        let folder = path.parent().unwrap_or(&self.folder);
        let json = serde_json::to_vec(&Stored { model: &keys.model, answer })
            .map_err(|source| error("write")(source.into()))?;
        let write = || {
            files::write_whole(&path, |file| {
                writeln!(file, "{}", blake3::hash(&json).to_hex())?;
                file.write_all(&json)
            })
        };
        match write() {
            Err(missing) if missing.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(folder).map_err(error("make the folder of"))?;
                write().map_err(error("write"))
            }
            other => other.map_err(error("write")),
        }
    }

    /// Counts what is there. Every entry is read.
    ///
    /// # Errors
    ///
    /// When the folder can not be read.
    pub fn stats(&self) -> Result<CacheStats, CacheError> {
        let mut stats = CacheStats::default();
        self.each(&mut |path, bytes| {
            if is_unfinished(path) {
                return Ok(());
            }
            stats.total.add(bytes);
            let content = fs::read(path).unwrap_or_default();
            let stored = whole(&content).and_then(|json| serde_json::from_slice::<StoredModel>(json).ok());
            if let Some(stored) = stored {
                stats.models.entry(stored.model).or_default().add(bytes);
            }
            Ok(())
        })?;
        Ok(stats)
    }

    /// Removes all answers and what killed processes left, and says what that was.
    ///
    /// # Errors
    ///
    /// When something can not be removed.
    pub fn clear(&self) -> Result<CacheShare, CacheError> {
        let mut removed = CacheShare::default();
        self.each(&mut |path, bytes| match fs::remove_file(path) {
            Ok(()) if is_unfinished(path) => Ok(()),
            Ok(()) => {
                removed.add(bytes);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()), // another process was faster
            Err(error) => Err(error),
        })?;
        Ok(removed)
    }

    fn path(&self, key: &AnswerKey) -> PathBuf {
        let name = key.0.to_hex();
        self.folder.join(&name[..2]).join(&name[2..])
    }

    /// Calls a function with each file and its length.
    fn each(&self, visit: &mut dyn FnMut(&Path, u64) -> io::Result<()>) -> Result<(), CacheError> {
        let walk = |folder: &Path, visit: &mut dyn FnMut(&Path, u64, bool) -> io::Result<()>| {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                match entry.metadata() {
                    Ok(metadata) => visit(&entry.path(), metadata.len(), metadata.is_dir())?,
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        };
        let result = walk(&self.folder, &mut |path, _, is_folder| {
            if !is_folder {
                return Ok(());
            }
            walk(path, &mut |path, bytes, is_folder| if is_folder { Ok(()) } else { visit(path, bytes) })
        });
        match result {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => {
                other.map_err(|source| CacheError { action: "go through", path: self.folder.clone(), source })
            }
        }
    }
}

impl CacheShare {
    fn add(&mut self, bytes: u64) {
        self.entries += 1;
        self.bytes += bytes;
    }
}

/// The JSON of an entry, if it fits its digest.
fn whole(content: &[u8]) -> Option<&[u8]> {
    let end = content.iter().position(|&byte| byte == b'\n')?;
    let digest = std::str::from_utf8(&content[..end]).ok()?;
    let json = &content[end + 1..];
    (blake3::Hash::from_hex(digest).ok()? == blake3::hash(json)).then_some(json)
}

fn is_unfinished(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(UNFINISHED))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn identity() -> Identity {
        Identity { model: "openai:gpt-5".into(), address: "http://localhost/v1".into() }
    }

    fn keys() -> AnswerKeys {
        AnswerKeys::new(&identity(), &Prompt::user("q"), &Parameters::default())
    }

    #[test]
    fn whatever_changes_the_question_changes_the_key() {
        let mut warm = Parameters { temperature: Some(0.8), ..Parameters::default() };
        let other_model = Identity { model: "openai:gpt-5-mini".into(), ..identity() };
        let other_address = Identity { address: "http://localhost:1/v1".into(), ..identity() };
        let plain = Parameters::default();
        let mut all = vec![
            keys().of(0),
            keys().of(1),
            AnswerKeys::new(&identity(), &Prompt::Text("q".into()), &plain).of(0),
            AnswerKeys::new(&identity(), &Prompt::user("q}"), &plain).of(0),
            AnswerKeys::new(&identity(), &Prompt::user("q"), &warm).of(0),
            AnswerKeys::new(&other_model, &Prompt::user("q"), &plain).of(0),
            AnswerKeys::new(&other_address, &Prompt::user("q"), &plain).of(0),
        ];
        warm.add_extra("top_k=3").unwrap();
        all.push(AnswerKeys::new(&identity(), &Prompt::user("q"), &warm).of(0));
        let distinct: HashSet<[u8; 32]> = all.iter().map(|key| *key.0.as_bytes()).collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn a_key_is_the_digest_of_canonical_json() {
        let mut one = Parameters::default();
        let mut other = Parameters::default();
        ["b=1", "a={\"y\":1,\"x\":2}"].iter().for_each(|field| one.add_extra(field).unwrap());
        ["a={\"x\":2,\"y\":1}", "b=1"].iter().for_each(|field| other.add_extra(field).unwrap());
        let key = AnswerKeys::new(&identity(), &Prompt::Text("q".into()), &one).of(7);
        assert_eq!(key, AnswerKeys::new(&identity(), &Prompt::Text("q".into()), &other).of(7));
        let json = r#"{"address":"http://localhost/v1","format":1,"model":"openai:gpt-5","parameters":{"extra":{"a":{"x":2,"y":1},"b":1}},"prompt":{"text":"q"},"sample":7}"#;
        assert_eq!(key.0, blake3::hash(json.as_bytes()));
    }

    #[test]
    fn answers_come_back_and_damaged_ones_do_not() {
        let directory = tempfile::tempdir().unwrap();
        let cache = AnswerCache::new(directory.path());
        assert_eq!(cache.stats().unwrap(), CacheStats::default());
        assert_eq!(cache.get(&keys().of(0)), None);
        let answer = RawAnswer { thinking: Some("hm".into()), ..RawAnswer::new("é\n") };
        cache.put(&keys(), 0, &answer).unwrap();
        cache.put(&keys(), 0, &answer).unwrap();
        cache.put(&keys(), 1, &RawAnswer::new("second")).unwrap();
        assert_eq!(cache.get(&keys().of(0)), Some(answer));
        let path = cache.path(&keys().of(1));
        let content = fs::read(&path).unwrap();
        for damage in 0..content.len() {
            let mut damaged = content.clone();
            damaged[damage] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert_eq!(cache.get(&keys().of(1)), None, "byte {damage}");
            fs::write(&path, &content[..damage]).unwrap();
            assert_eq!(cache.get(&keys().of(1)), None, "cut at {damage}");
        }
        let stats = cache.stats().unwrap();
        assert_eq!((stats.total.entries, stats.models["openai:gpt-5"].entries), (2, 1));
        fs::write(path.with_file_name(".unfinished-x"), "half").unwrap();
        assert_eq!(cache.stats().unwrap(), stats);
        assert_eq!(cache.clear().unwrap(), stats.total);
        assert!(!path.with_file_name(".unfinished-x").exists());
        assert_eq!(cache.stats().unwrap(), CacheStats::default());
    }

    #[test]
    fn writers_at_once_leave_whole_entries() {
        let directory = tempfile::tempdir().unwrap();
        let cache = AnswerCache::new(directory.path());
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let cache = &cache;
                scope.spawn(move || {
                    for round in 0..50 {
                        let text = format!("{writer} {round} ").repeat(200);
                        cache.put(&keys(), round % 3, &RawAnswer::new(text)).unwrap();
                        assert!(cache.get(&keys().of(round % 3)).is_some());
                    }
                });
            }
        });
        assert_eq!(cache.stats().unwrap().models["openai:gpt-5"].entries, 3);
    }
}
