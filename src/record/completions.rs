//! `completions.jsonl`: written once before the run starts, then only read.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::iter::FusedIterator;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::error::io_error;
use super::lock::{DirectoryLock, LOCK};
use super::manifest::{SamplesIdentity, sealer_of_run};
use super::names::{COMPLETIONS, LONGEST_RECORD, QUESTION, RUN};
use super::seal::{Chain, Seal, Sealer, content_of, in_chain};
use super::{ActiveRun, RecordError, RunDirectory, RunManifest, atomic, open_file, sealed_file};
use crate::complete::{Completion, Form};
use crate::json_lines::Lines;
use crate::problem::TaskId;

const BUFFER: usize = 64 * 1024;

/// Which completions a run has, at twenty bytes each: their ordinals (positions in `completions.jsonl`, from 0) by
/// problem and sample, and a digest of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletionIndex {
    ordinals: IndexMap<TaskId, Vec<u32>>,
    len: u32,
    /// What each line holds, by ordinal: what the seal of its verdict is bound to.
    contents: Vec<Seal>,
}

/// What makes the digests of completions.
pub(super) fn content_sealer() -> Sealer {
    Sealer::new("completion", b"")
}

/// The seals of `completions.jsonl`.
fn chain() -> Chain {
    Chain::new(Sealer::new(COMPLETIONS, b""))
}

impl CompletionIndex {
    /// The position of a completion in the file; `None` if the run does not have it.
    pub fn ordinal(&self, task_id: &str, sample: u32) -> Option<u32> {
        self.ordinals.get(task_id)?.get(sample as usize).copied()
    }

    /// The problems that have completions and how many each, in order of first appearance.
    pub fn tasks(&self) -> impl ExactSizeIterator<Item = (&TaskId, u64)> {
        self.ordinals.iter().map(|(task_id, ordinals)| (task_id, ordinals.len() as u64))
    }

    /// How many completions a problem has.
    pub fn samples(&self, task_id: &str) -> u64 {
        self.ordinals.get(task_id).map_or(0, |ordinals| ordinals.len() as u64)
    }

    /// How many completions there are.
    pub fn len(&self) -> u64 {
        u64::from(self.len)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The digest of the completion at a position.
    pub(super) fn content(&self, ordinal: u32) -> Seal {
        self.contents[ordinal as usize]
    }

    /// The problem and the number of the completion at a position, for messages.
    pub(super) fn name(&self, ordinal: u32) -> String {
        let found = self
            .ordinals
            .iter()
            .find_map(|(task_id, ordinals)| Some((task_id, ordinals.binary_search(&ordinal).ok()?)));
        found.map_or_else(String::new, |(task_id, sample)| format!("completion {sample} of {task_id}"))
    }

    /// Takes in the next completion and says which of its problem's completions it is. Its digest follows.
    fn push(&mut self, task_id: &TaskId) -> Result<u32, RecordError> {
        let next = self.len.checked_add(1).ok_or(RecordError::TooManyCompletions)?;
        let ordinals = match self.ordinals.get_mut(task_id) {
            Some(ordinals) => ordinals,
            None => self.ordinals.entry(task_id.clone()).or_default(),
        };
        let sample = ordinals.len() as u32; // at most self.len
        ordinals.push(self.len);
        self.len = next;
        Ok(sample)
    }

    /// Reads the file through and checks that it is the one that the run started with.
    pub(super) fn read(path: &Path, expected: &SamplesIdentity) -> Result<Self, RecordError> {
        /// A line without the completion's text.
        #[derive(Deserialize)]
        struct Key {
            task_id: TaskId,
            sample: u32,
        }
        let mut lines = Lines::new(BufReader::with_capacity(BUFFER, open_file(path)?), LONGEST_RECORD);
        let mut hasher = blake3::Hasher::new();
        let mut index = CompletionIndex::default();
        let (mut chain, contents) = (chain(), content_sealer());
        let damaged = |line, problem| RecordError::CompletionLine { path: path.to_owned(), line, problem };
        while let Some(line) = lines.next_line().map_err(io_error("read", path))? {
            hasher.update(line.bytes);
            if line.terminated {
                hasher.update(b"\n");
            }
            let seal = chain
                .check_line(line.bytes)
                .map_err(|fault| damaged(line.number, in_chain(fault).to_owned()))?;
            chain.follow(seal);
            let Key { task_id, sample } = serde_json::from_slice(line.bytes)
                .map_err(|error| damaged(line.number, format!("not a completion: {error}")))?;
            if index.push(&task_id)? != sample {
                let problem = format!("completion {sample} of {task_id} is out of order");
                return Err(damaged(line.number, problem));
            }
            index.contents.push(contents.seal(Seal::default(), content_of(line.bytes)));
        }
        if index.len() < expected.count {
            let problem = format!("the file ends here, and run.json says {} lines", expected.count);
            return Err(damaged(index.len() + 1, problem));
        }
        let digest = hasher.finalize().to_hex().to_string();
        if digest != expected.digest {
            return Err(RecordError::CompletionsChanged {
                path: path.to_owned(),
                expected: expected.digest.clone(),
                found: digest,
            });
        }
        index.shrink();
        Ok(index)
    }

    fn shrink(&mut self) {
        self.contents.shrink_to_fit();
        for ordinals in self.ordinals.values_mut() {
            ordinals.shrink_to_fit();
        }
    }
}

/// What was written before the run starts. Removed when dropped, unless the run starts.
#[derive(Debug)]
struct Unstarted {
    path: PathBuf,
    /// Whether the directory was made for this run.
    made: bool,
    /// None once the run has started.
    lock: Option<DirectoryLock>,
}

impl Drop for Unstarted {
    fn drop(&mut self) {
        if self.lock.is_some() {
            // Whatever can not be removed is recognised and replaced by the next run.
            for file in leftovers(&self.path) {
                let _ = fs::remove_file(file);
            }
            let _ = fs::remove_file(self.path.join(LOCK));
            if self.made {
                let _ = fs::remove_dir(&self.path);
            }
        }
    }
}

/// The files that a run which never started may leave, apart from the lock.
fn leftovers(directory: &Path) -> [PathBuf; 3] {
    [COMPLETIONS.into(), atomic::temporary(Path::new(RUN)), atomic::temporary(Path::new(QUESTION))]
        .map(|name: PathBuf| directory.join(name))
}

/// Checks that a directory is empty or holds nothing but the leftovers of a run that never started.
pub(super) fn check_replaceable(directory: &Path) -> Result<(), RecordError> {
    let leftovers = leftovers(directory);
    let lock = directory.join(LOCK);
    let is_ours = lock.exists(); // else a file of the same name is somebody else's
    for entry in fs::read_dir(directory).map_err(io_error("read", directory))? {
        let entry = entry.map_err(io_error("read", directory))?.path();
        if directory.join(RUN).exists() || directory.join(QUESTION).exists() {
            return Err(RecordError::AlreadyARun { path: directory.to_owned() });
        }
        if entry != lock && !(is_ours && leftovers.contains(&entry)) {
            let found = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(RecordError::NotEmpty { path: directory.to_owned(), found });
        }
    }
    Ok(())
}

/// Takes the completions of a new run. Dropping it, or the [`NewRun`] that follows, removes all that was written.
#[derive(Debug)]
pub struct CompletionWriter {
    unstarted: Unstarted,
    path: PathBuf,
    writer: BufWriter<File>,
    hasher: blake3::Hasher,
    chain: Chain,
    contents: Sealer,
    index: CompletionIndex,
    line: Vec<u8>,
}

impl CompletionWriter {
    pub(super) fn create(directory: PathBuf) -> Result<Self, RecordError> {
        let made = !directory.exists();
        fs::create_dir_all(&directory).map_err(io_error("create", &directory))?;
        check_replaceable(&directory)?; // before a lock file is put where it does not belong
        let lock = DirectoryLock::acquire(&directory)?;
        check_replaceable(&directory)?; // another process may have started a run just before
        for file in leftovers(&directory) {
            if file.exists() {
                fs::remove_file(&file).map_err(io_error("remove", &file))?;
            }
        }
        Self::begin(Unstarted { path: directory, made, lock: Some(lock) })
    }

    /// In the directory of a growing run, which this process has locked.
    pub(super) fn within(directory: PathBuf, lock: DirectoryLock) -> Result<Self, RecordError> {
        Self::begin(Unstarted { path: directory, made: false, lock: Some(lock) })
    }

    fn begin(unstarted: Unstarted) -> Result<Self, RecordError> {
        let path = unstarted.path.join(COMPLETIONS);
        let file = File::create_new(&path).map_err(io_error("create", &path))?;
        Ok(CompletionWriter {
            unstarted,
            path,
            writer: BufWriter::with_capacity(BUFFER, file),
            hasher: blake3::Hasher::new(),
            chain: chain(),
            contents: content_sealer(),
            index: CompletionIndex::default(),
            line: Vec::new(),
        })
    }

    /// Writes the next completion and says which of its problem's completions it is, from 0.
    ///
    /// # Errors
    ///
    /// When it can not be written, or there are more than 2³² − 1.
    pub fn append(&mut self, task_id: &TaskId, completion: &str, form: Form) -> Result<u32, RecordError> {
        self.append_with_upstream(task_id, completion, form, None)
    }

    /// Writes the next completion, with the program that the upstream harness takes out of the same answer, if that is
    /// another one.
    ///
    /// # Errors
    ///
    /// As [`CompletionWriter::append`].
    pub fn append_with_upstream(
        &mut self,
        task_id: &TaskId,
        completion: &str,
        form: Form,
        upstream_solution: Option<&str>,
    ) -> Result<u32, RecordError> {
        /// [`Completion`], borrowed.
        #[derive(Serialize)]
        struct Line<'a> {
            task_id: &'a TaskId,
            sample: u32,
            completion: &'a str,
            #[serde(skip_serializing_if = "Form::is_continuation")]
            form: Form,
            #[serde(skip_serializing_if = "Option::is_none")]
            upstream_solution: Option<&'a str>,
        }
        let sample = self.index.push(task_id)?;
        self.line.clear();
        self.line.shrink_to(BUFFER);
        serde_json::to_writer(&mut self.line, &Line { task_id, sample, completion, form, upstream_solution })
            .map_err(|error| io_error("write", &self.path)(error.into()))?;
        let seal = self.chain.close_line(&mut self.line);
        self.chain.follow(seal);
        self.index.contents.push(self.contents.seal(Seal::default(), content_of(&self.line)));
        self.line.push(b'\n');
        self.hasher.update(&self.line);
        self.writer.write_all(&self.line).map_err(io_error("write", &self.path))?;
        Ok(sample)
    }

    /// Which completions were written so far.
    pub fn index(&self) -> &CompletionIndex {
        &self.index
    }

    /// Ends the completions and makes them durable.
    ///
    /// # Errors
    ///
    /// When they can not be written.
    pub fn close(mut self) -> Result<NewRun, RecordError> {
        self.writer
            .flush()
            .and_then(|()| self.writer.get_ref().sync_all())
            .map_err(io_error("write", &self.path))?;
        atomic::sync_directory(&self.unstarted.path)?;
        self.index.shrink();
        let digest = self.hasher.finalize().to_hex().to_string();
        Ok(NewRun { unstarted: self.unstarted, index: self.index, digest })
    }
}

/// A run whose completions are all there, about to start.
#[derive(Debug)]
pub struct NewRun {
    unstarted: Unstarted,
    index: CompletionIndex,
    digest: String,
}

impl NewRun {
    /// Which completions were written.
    pub fn index(&self) -> &CompletionIndex {
        &self.index
    }

    /// BLAKE3 of the completions as they were written, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Starts the run: writes `run.json`, whole or not at all.
    ///
    /// The manifest's `samples.digest` and `samples.count` are set here; what they held does not matter.
    ///
    /// # Errors
    ///
    /// When it can not be written.
    pub fn start(self, manifest: RunManifest) -> Result<ActiveRun, RecordError> {
        self.start_with(manifest, None::<()>)
    }

    /// Starts the run, with `made_of` in its manifest: what the run was made of, where it grew.
    pub(super) fn start_with(
        mut self,
        mut manifest: RunManifest,
        made_of: Option<impl Serialize>,
    ) -> Result<ActiveRun, RecordError> {
        /// What `run.json` holds.
        #[derive(Serialize)]
        struct Run<'a, M> {
            #[serde(flatten)]
            manifest: &'a RunManifest,
            #[serde(skip_serializing_if = "Option::is_none")]
            made_of: Option<M>,
        }
        manifest.samples.digest = self.digest;
        manifest.samples.count = self.index.len();
        let path = self.unstarted.path.clone();
        sealed_file::replace(&path.join(RUN), &sealer_of_run(), &Run { manifest: &manifest, made_of })?;
        if let Some(parent) = path.parent().filter(|_| self.unstarted.made) {
            atomic::sync_directory(parent)?;
        }
        let lock = self.unstarted.lock.take().expect("it is only taken here");
        let directory = RunDirectory { path, manifest, index: Arc::new(self.index), verdicts: None };
        Ok(ActiveRun { directory, made: self.unstarted.made, _lock: lock })
    }
}

/// A completion with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedCompletion {
    /// Its position among all completions, from 0.
    pub ordinal: u32,
    /// Where its line begins in the file, in bytes.
    pub offset: u64,
    /// The completion.
    pub completion: Completion,
}

/// Reads `completions.jsonl` line by line.
#[derive(Debug)]
pub struct CompletionReader {
    path: PathBuf,
    lines: Option<Lines<BufReader<File>>>,
}

impl CompletionReader {
    pub(super) fn open(path: PathBuf) -> Result<Self, RecordError> {
        let reader = BufReader::with_capacity(BUFFER, open_file(&path)?);
        Ok(CompletionReader { path, lines: Some(Lines::new(reader, LONGEST_RECORD)) })
    }

    fn read(&mut self) -> Result<Option<RecordedCompletion>, RecordError> {
        let Some(lines) = self.lines.as_mut() else { return Ok(None) };
        let Some(line) = lines.next_line().map_err(io_error("read", &self.path))? else { return Ok(None) };
        let damaged = |problem: String| RecordError::CompletionLine {
            path: self.path.clone(),
            line: line.number,
            problem,
        };
        let completion = serde_json::from_slice(line.bytes)
            .map_err(|error| damaged(format!("not a completion: {error}")))?;
        let ordinal = u32::try_from(line.number - 1).map_err(|_| RecordError::TooManyCompletions)?;
        Ok(Some(RecordedCompletion { ordinal, offset: line.offset, completion }))
    }
}

impl Iterator for CompletionReader {
    type Item = Result<RecordedCompletion, RecordError>;

    /// The next completion. Nothing follows an error.
    fn next(&mut self) -> Option<Self::Item> {
        let item = self.read().transpose();
        if !matches!(item, Some(Ok(_))) {
            self.lines = None;
        }
        item
    }
}

impl FusedIterator for CompletionReader {}
