//! Problem sets: an index of all problems in memory, and the problems themselves where they take no memory.
//!
//! A set can have gigabytes of tests. While it is loaded, each problem is written to a store (memory while the set is
//! small, an unnamed temporary file when it is not), and is read from there when it is needed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use indexmap::IndexMap;
use indexmap::map::Entry as MapEntry;

use super::{Dataset, Facts, Language, Problem, TaskId, TestKind};
use crate::shown::shown;

/// Problems that take more than this many bytes together go to a file.
const MOST_IN_MEMORY: usize = 64 << 20;

/// Problems that belong together, in the order of their file.
#[derive(Debug)]
pub struct ProblemSet {
    /// What to call it in reports: the file's name without its extensions, or the name that the set gives itself.
    pub name: String,
    /// The set whose format and rules it follows.
    pub dataset: Dataset,
    /// The version that the set gives itself.
    pub version: Option<String>,
    /// BLAKE3 of the content after decompression, in hexadecimal.
    pub digest: String,
    /// What a user should be told once: problems that were left out, say.
    pub notes: Vec<String>,
    /// What else the set says of itself.
    pub facts: SetFacts,
    entries: IndexMap<TaskId, Entry>,
    store: Store,
}

/// What a set says of itself as a whole. Published sets say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetFacts {
    /// The licence of its problems.
    pub licence: Option<String>,
    /// The natural languages in which every problem is stated.
    pub natural_languages: Vec<String>,
    /// What it is about.
    pub description: Option<String>,
    /// A text that stands nowhere else: a model that can recite it was trained on the set.
    pub canary: Option<String>,
}

/// What is known of a problem without reading it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its language.
    pub language: Language,
    /// What is known about it.
    pub facts: Facts,
    /// How many tests it has.
    pub tests: u32,
    /// The kinds of its tests, each once.
    pub kinds: Vec<TestKind>,
    /// Whether it has a reference solution in its language.
    pub has_reference: bool,
    /// Whether tests leave what they expect to the reference solution.
    pub needs_reference: bool,
    /// How many solutions are known to be wrong.
    pub wrong: u32,
    /// BLAKE3 of the whole problem, in hexadecimal: what is derived from a problem is kept under it.
    pub digest: String,
    offset: u64,
    length: usize,
}

/// A problem can not be kept, or not be read back.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused.
    #[error("can not keep the problems in a temporary file; is the disk full? (TMPDIR names another place)")]
    Io(#[from] io::Error),
    /// What was written can not be written or read as a problem.
    #[error("the problem {task_id} can not be kept: {}", shown(message))]
    Encoding {
        /// The problem.
        task_id: TaskId,
        /// What is wrong.
        message: String,
    },
    /// There is no such problem.
    #[error("the problem set has no problem {}", shown(_0))]
    Unknown(String),
}

impl Entry {
    /// How many bytes the problem takes where it is kept.
    pub fn stored_bytes(&self) -> usize {
        self.length
    }
}

impl ProblemSet {
    /// What is known of the problem of that name.
    pub fn get(&self, task_id: &str) -> Option<&Entry> {
        self.entries.get(task_id)
    }

    /// Reads the problem of that name.
    ///
    /// # Errors
    ///
    /// When there is none, or the store can not be read.
    pub fn problem(&self, task_id: &str) -> Result<Problem, StoreError> {
        let entry = self.entries.get(task_id).ok_or_else(|| StoreError::Unknown(task_id.to_owned()))?;
        let decode = |bytes: &[u8]| {
            rmp_serde::from_slice(bytes)
                .map_err(|error| StoreError::Encoding { task_id: task_id.into(), message: error.to_string() })
        };
        let start = entry.offset;
        match &self.store {
            Store::Memory(bytes) => decode(&bytes[start as usize..start as usize + entry.length]),
            Store::File(file) => {
                let mut bytes = vec![0; entry.length];
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(start))?;
                file.read_exact(&mut bytes)?;
                drop(file);
                decode(&bytes)
            }
        }
    }

    /// Every problem, read one after another.
    pub fn problems(&self) -> impl Iterator<Item = Result<Problem, StoreError>> {
        self.entries.keys().map(|task_id| self.problem(task_id.as_str()))
    }

    /// Where in the order of the file the problem of that name stands.
    pub fn position(&self, task_id: &str) -> Option<usize> {
        self.entries.get_index_of(task_id)
    }

    /// Every problem's name and what is known of it, in the order of the file.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&TaskId, &Entry)> {
        self.entries.iter()
    }

    /// The names of all problems, in the order of the file.
    pub fn task_ids(&self) -> impl ExactSizeIterator<Item = &TaskId> {
        self.entries.keys()
    }

    /// Leaves out every problem for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(&TaskId, &Entry) -> bool) {
        self.entries.retain(|task_id, entry| keep(task_id, entry));
    }

    /// How many problems there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no problem at all.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The languages of its problems, each once.
    pub fn languages(&self) -> Vec<Language> {
        let mut languages: Vec<Language> = self.entries.values().map(|entry| entry.language).collect();
        languages.sort_unstable();
        languages.dedup();
        languages
    }
}

#[derive(Debug)]
enum Store {
    Memory(Vec<u8>),
    File(Mutex<File>),
}

/// Takes problems one by one.
#[derive(Debug)]
pub struct ProblemSetBuilder {
    entries: IndexMap<TaskId, Entry>,
    kept: Keeper,
}

/// Where problems are written: to memory while there is little, and else to a file. Nothing of a problem is in memory
/// twice, so that one may be large.
#[derive(Debug)]
struct Keeper {
    memory: Vec<u8>,
    file: Option<io::BufWriter<File>>,
    end: u64,
    most_in_memory: usize,
    /// Of the bytes since it was last reset.
    hasher: blake3::Hasher,
}

impl Write for Keeper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.file.is_none() && self.memory.len() + bytes.len() > self.most_in_memory {
            let mut file = io::BufWriter::with_capacity(1 << 20, tempfile::tempfile()?);
            file.write_all(&std::mem::take(&mut self.memory))?;
            self.file = Some(file);
        }
        let length = match &mut self.file {
            Some(file) => file.write(bytes)?,
            None => self.memory.write(bytes)?,
        };
        self.hasher.update(&bytes[..length]);
        self.end += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Default for ProblemSetBuilder {
    fn default() -> Self {
        ProblemSetBuilder::new()
    }
}

impl ProblemSetBuilder {
    /// No problems yet.
    pub fn new() -> ProblemSetBuilder {
        ProblemSetBuilder::with_most_in_memory(MOST_IN_MEMORY)
    }

    fn with_most_in_memory(most_in_memory: usize) -> ProblemSetBuilder {
        let hasher = blake3::Hasher::new();
        let kept = Keeper { memory: Vec::new(), file: None, end: 0, most_in_memory, hasher };
        ProblemSetBuilder { entries: IndexMap::new(), kept }
    }

    /// Adds a problem; false, and nothing is added, if there is one of that name.
    ///
    /// # Errors
    ///
    /// When it can not be stored; the builder must then not be used any more.
    pub fn add(&mut self, problem: &Problem) -> Result<bool, StoreError> {
        use rmp_serde::encode::Error::InvalidValueWrite;
        let MapEntry::Vacant(place) = self.entries.entry(problem.task_id.clone()) else { return Ok(false) };
        let offset = self.kept.end;
        self.kept.hasher.reset();
        rmp_serde::encode::write_named(&mut self.kept, problem).map_err(|error| match error {
            InvalidValueWrite(error) => StoreError::Io(error.into()),
            other => StoreError::Encoding { task_id: problem.task_id.clone(), message: other.to_string() },
        })?;
        place.insert(Entry {
            language: problem.language,
            facts: problem.facts.clone(),
            tests: u32::try_from(problem.tests.len()).unwrap_or(u32::MAX),
            kinds: problem.kinds(),
            has_reference: problem.reference().is_some(),
            needs_reference: problem.needs_reference(),
            wrong: u32::try_from(problem.wrong.len()).unwrap_or(u32::MAX),
            digest: self.kept.hasher.finalize().to_hex().to_string(),
            offset,
            length: (self.kept.end - offset) as usize,
        });
        Ok(true)
    }

    /// How many problems were added.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none was added.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The set of what was added.
    ///
    /// # Errors
    ///
    /// When the last problems can not be stored.
    pub fn finish(
        self,
        name: String,
        dataset: Dataset,
        version: Option<String>,
        digest: String,
    ) -> Result<ProblemSet, StoreError> {
        let store = match self.kept.file {
            None => Store::Memory(self.kept.memory),
            Some(file) => Store::File(Mutex::new(file.into_inner().map_err(io::IntoInnerError::into_error)?)),
        };
        Ok(ProblemSet {
            name,
            dataset,
            version,
            digest,
            notes: Vec::new(),
            facts: SetFacts::default(),
            entries: self.entries,
            store,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Test, TestBody};
    use crate::value::Value;

    fn problem(number: usize) -> Problem {
        let mut problem = Problem::new(format!("T/{number}"), Language::Python);
        problem.tests = vec![
            Test::hidden(TestBody::Stdio { input: number.to_string(), expected: "x".repeat(number) }),
            Test::visible(TestBody::Call {
                arguments: vec![Value::Float(f64::INFINITY), Value::Tuple(vec![Value::None])],
                expected: Some(Value::Int(number as i64)),
            }),
        ];
        problem
    }

    fn set(most_in_memory: usize) -> ProblemSet {
        let mut builder = ProblemSetBuilder::with_most_in_memory(most_in_memory);
        for number in 0..50 {
            assert!(builder.add(&problem(number)).unwrap());
        }
        assert!(!builder.add(&problem(7)).unwrap(), "a name is taken once");
        builder.finish("t".into(), Dataset::Karat, None, String::new()).unwrap()
    }

    #[test]
    fn problems_come_back_as_they_were_from_memory_and_from_a_file() {
        for most_in_memory in [usize::MAX, 2000, 0] {
            let set = set(most_in_memory);
            assert_eq!(matches!(set.store, Store::File(_)), most_in_memory != usize::MAX);
            for (number, read) in set.problems().enumerate() {
                assert_eq!(read.unwrap(), problem(number));
            }
            assert!(matches!(set.problem("T/50"), Err(StoreError::Unknown(_))));
            let entry = set.get("T/3").unwrap();
            assert_eq!((entry.tests, &entry.kinds[..]), (2, &[TestKind::Calls, TestKind::Stdio][..]));
            assert_ne!(entry.digest, set.get("T/4").unwrap().digest);
        }
    }

    #[test]
    fn problems_can_be_left_out() {
        let mut set = set(usize::MAX);
        set.retain(|task_id, _| task_id.as_str() == "T/9");
        assert_eq!(set.len(), 1);
        assert_eq!(set.problem("T/9").unwrap(), problem(9));
    }
}
