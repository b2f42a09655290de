//! The state that the host keeps for one guest.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use wasmtime::ResourceLimiter;

use super::descriptor_table::DescriptorTable;
use super::resources::{Resources, STANDARD_ERROR, as_file};
use super::stop::{HostRefusal, HostStop};
use super::time_of_day;
use crate::sandbox::files::{FileError, FileTree, Files};
use crate::sandbox::units::Fuel;

/// Nanoseconds from 1970 to the instant at which every guest starts,
/// 2026-01-01T00:00:00Z.
pub const NANOSECONDS_AT_START: u64 = 1_767_225_600 * 1_000_000_000;

const NANOSECONDS_PER_SECOND: u128 = 1_000_000_000;

/// Answers what a guest asks its host.
pub type AskFunction = Box<dyn FnMut(&[u8]) -> Result<Vec<u8>, HostRefusal> + Send>;

/// What passes in one turn of a guest that [takes turns](super::turns).
#[derive(Default)]
pub(super) struct Turn {
    pub request: Vec<u8>,
    pub reply: Option<Vec<u8>>,
}

/// The state that the host keeps for one guest.
pub struct Host {
    /// The mutex is never locked; it makes the state `Sync`.
    ask: Option<Mutex<AskFunction>>,
    input: Arc<[u8]>,
    /// How much of the input was read.
    input_position: usize,
    output: Vec<u8>,
    error_output: Vec<u8>,
    output_limit: usize,
    random: u64,
    fuel_at_start: u64,
    native_second: Fuel,
    /// What the guest's files begin with.
    shared_files: FileTree,
    memory_limit: usize,
    memory_denied: bool,
    /// Made when they are first used, since most guests never do.
    files: Option<Box<Files>>,
    pub(super) resources: Resources,
    /// What a command is started with, the first one its own name.
    pub(super) arguments: Arc<[Vec<u8>]>,
    /// Made when it is first used, since guests with other functions never do.
    descriptors: Option<Box<DescriptorTable>>,
    /// What a guest that takes turns is to do in this one, and what it has answered.
    pub(super) turn: Turn,
    /// The mark that the guest reached last.
    pub(super) mark: Option<String>,
}

impl Host {
    /// State for a guest that can not do anything yet; see [`Host::start`].
    ///
    /// Its clock goes on by a second whenever it has burned `native_second`.
    pub fn new(native_second: Fuel, shared_files: FileTree) -> Self {
        Host {
            ask: None,
            input: Arc::from([]),
            input_position: 0,
            output: Vec::new(),
            error_output: Vec::new(),
            output_limit: 0,
            random: 0,
            fuel_at_start: 0,
            native_second,
            shared_files,
            memory_limit: usize::MAX,
            memory_denied: false,
            files: None,
            resources: Resources::default(),
            arguments: Arc::from([]),
            descriptors: None,
            turn: Turn::default(),
            mark: None,
        }
    }

    /// Puts the state back to that of [`Host::new`].
    pub fn reset(&mut self) {
        // Allocations of usual size are kept for the next guest.
        let mut output = std::mem::take(&mut self.output);
        let mut resources = std::mem::take(&mut self.resources);
        if output.capacity() <= 1 << 16 {
            output.clear();
        } else {
            output = Vec::new();
        }
        resources.clear();
        let shared_files = std::mem::take(&mut self.shared_files);
        *self = Host { output, resources, ..Host::new(self.native_second, shared_files) };
    }

    /// Prepares for a guest which starts with `fuel`.
    pub fn start(
        &mut self,
        fuel: u64,
        memory_limit: usize,
        output_limit: usize,
        seed: u64,
        ask: AskFunction,
    ) {
        self.fuel_at_start = fuel;
        self.memory_limit = memory_limit;
        self.output_limit = output_limit;
        self.random = seed;
        self.ask = Some(Mutex::new(ask));
    }

    /// Gives the guest its standard input.
    pub fn give_input(&mut self, input: Arc<[u8]>) {
        if let Some(files) = &mut self.files {
            files.set_input_length(input.len() as u64);
        }
        self.input = input;
        self.input_position = 0;
    }

    /// Puts a file into the guest's file system before it starts.
    ///
    /// # Errors
    ///
    /// When it can not be put there.
    pub fn give_file(&mut self, path: &str, contents: &[u8]) -> Result<(), FileError> {
        let files = self.files();
        let given = files.give(path, contents, time_of_day(0));
        files.take_work(); // it is not the guest's
        given
    }

    /// The contents of a file of the guest, if there is one of that path.
    pub fn file(&mut self, path: &str) -> Option<&[u8]> {
        self.files.as_mut()?.contents(path).ok()
    }

    /// The guest's files.
    pub(super) fn files(&mut self) -> &mut Files {
        let length = self.input.len() as u64;
        self.files.get_or_insert_with(|| {
            let mut files = Box::new(Files::new(&self.shared_files, time_of_day(0)));
            files.set_input_length(length);
            files
        })
    }

    /// The guest's descriptors, where it uses preview 1.
    pub(super) fn descriptors(&mut self) -> &mut DescriptorTable {
        let descriptors = match self.descriptors.take() {
            Some(descriptors) => descriptors,
            None => Box::new(DescriptorTable::new(self.files())),
        };
        self.descriptors.insert(descriptors)
    }

    /// Begins a turn of a guest that takes turns.
    pub fn begin_turn(&mut self, request: &[u8]) {
        self.turn = Turn { request: request.to_vec(), reply: None };
    }

    /// What the guest has answered in this turn, if it has.
    pub fn end_turn(&mut self) -> Option<Vec<u8>> {
        std::mem::take(&mut self.turn).reply
    }

    /// Says what a command is started with, the first one its own name.
    pub fn give_arguments(&mut self, arguments: &[&str]) {
        self.arguments = arguments.iter().map(|argument| argument.as_bytes().to_vec()).collect();
    }

    /// The mark that the guest reached last, if it reached one.
    pub fn mark(&self) -> Option<&str> {
        self.mark.as_deref()
    }

    /// Gives back the handle of a file or stream.
    pub(super) fn close_file(&mut self, handle: u32) {
        if let (Some(files), Ok(handle)) = (&mut self.files, as_file(handle)) {
            files.close(handle);
        }
    }

    /// What the guest has written to standard output.
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// What the guest has written to standard error.
    pub fn error_output(&self) -> &[u8] {
        &self.error_output
    }

    /// Whether the guest was denied memory.
    pub fn memory_denied(&self) -> bool {
        self.memory_denied
    }

    /// Virtual nanoseconds since the start for a guest with this much fuel left.
    pub(super) fn nanoseconds(&self, fuel: u64) -> u64 {
        let burned = u128::from(self.fuel_at_start.saturating_sub(fuel));
        let nanoseconds = burned * NANOSECONDS_PER_SECOND / u128::from(self.native_second.0.max(1));
        u64::try_from(nanoseconds).unwrap_or(u64::MAX)
    }

    /// What this many nanoseconds of work burn.
    pub(super) fn fuel_of_nanoseconds(&self, nanoseconds: u64) -> u64 {
        let fuel = u128::from(nanoseconds) * u128::from(self.native_second.0) / NANOSECONDS_PER_SECOND;
        u64::try_from(fuel).unwrap_or(u64::MAX)
    }

    /// Answers a question of the guest.
    pub(super) fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, HostStop> {
        let refuse = || HostStop::AskRefused(HostRefusal("nobody is there to answer".into()));
        let ask = self.ask.as_mut().ok_or_else(refuse)?;
        let ask = ask.get_mut().map_err(|_| refuse())?;
        Ok(ask(request)?)
    }

    /// The next bytes of the standard input, up to a number of them; none at its end.
    pub(super) fn read_input(&mut self, most: usize) -> (Arc<[u8]>, Range<usize>) {
        let start = self.input_position;
        self.input_position = self.input.len().min(start.saturating_add(most));
        (Arc::clone(&self.input), start..self.input_position)
    }

    /// Takes what the guest prints to the stream of that handle.
    pub(super) fn write_output(&mut self, stream: u32, bytes: &[u8]) -> Result<(), HostStop> {
        let used = self.output.len() + self.error_output.len();
        let room = self.output_limit.saturating_sub(used);
        let taken = &bytes[..bytes.len().min(room)];
        match stream {
            STANDARD_ERROR => self.error_output.extend_from_slice(taken),
            _ => self.output.extend_from_slice(taken),
        }
        if bytes.len() > room {
            return Err(HostStop::OutputLimit);
        }
        Ok(())
    }

    /// The next random number: a step of the SplitMix64 generator, which visits
    /// every 64-bit number once before it repeats.
    pub(super) fn random_u64(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Fills a buffer with random bytes.
    pub(super) fn fill_random(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let random = self.random_u64().to_le_bytes();
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Host")
            .field("output", &self.output.len())
            .field("memory_denied", &self.memory_denied)
            .finish_non_exhaustive()
    }
}

impl ResourceLimiter for Host {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = desired <= self.memory_limit;
        self.memory_denied |= !allowed;
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // A table that grows is bounded by the settings of the pool. Fused
        // modules have no instruction that does it.
        Ok(true)
    }
}
