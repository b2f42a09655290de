//! Starting a worker's process, its pipes, and how it ended.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::info;

use super::ModelError;
use crate::child;
use crate::model::frames::{self, FrameError, FromWorker, ToWorker};
use crate::shown::shown;

/// How many lines of a worker's log are kept.
const KEPT_LINES: usize = 20;
/// How many of them an error quotes.
const QUOTED_LINES: usize = 4;
/// The longest line of a log, in bytes; the rest of it is left out.
const LONGEST_LINE: usize = 1000;
/// How long a worker may take to end after its pipe did, before it is killed.
const LAST_MOMENT: Duration = Duration::from_secs(10);

/// How a worker is started: this program with a hidden command, whose entry is [`crate::model::worker::main`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// A thread that starts processes. The system ends a worker with the *thread* that started it, and a runtime's threads
/// come and go, so workers are started by a thread that lives as long as they should.
pub(super) struct Spawner(mpsc::Sender<(Command, oneshot::Sender<io::Result<Child>>)>);

impl Spawner {
    /// Starts the thread, within a runtime.
    pub(super) fn start() -> io::Result<Spawner> {
        let (sender, receiver) = mpsc::channel::<(Command, oneshot::Sender<io::Result<Child>>)>();
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new().name("model workers".to_owned()).spawn(move || {
            let _inside = runtime.enter();
            for (mut command, reply) in receiver {
                // A child that nobody waits for any longer is killed as it is dropped.
                let _ = reply.send(command.spawn());
            }
        })?;
        Ok(Spawner(sender))
    }

    async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (sender, receiver) = oneshot::channel();
        let ended = || io::Error::other("the thread that starts workers has ended");
        self.0.send((command, sender)).map_err(|_| ended())?;
        receiver.await.map_err(|_| ended())?
    }
}

/// A running worker. It is killed when this is dropped.
pub(super) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
    log: Log,
    /// The task that reads the log, to its end.
    reader: JoinHandle<()>,
}

/// The last lines that a worker wrote to its standard error.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<VecDeque<String>>>);

impl Process {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// When the program can not be started.
    pub(super) async fn start(spawner: &Spawner, command: &WorkerCommand) -> Result<Process, ModelError> {
        let failed = |error: io::Error| ModelError::Start {
            program: command.program.clone(),
            reason: error.to_string(),
        };
        let mut process = Command::from(child::command(&command.program));
        process
            .args(&command.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // An interrupt from the terminal is for the parent, which ends its workers in order.
        process.process_group(0);
        let mut child = spawner.spawn(process).await.map_err(failed)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(errors)) = pipes else {
            return Err(failed(io::Error::other("it has no pipes")));
        };
        info!(pid = child.id(), "model worker started");
        let log = Log::default();
        let reader = tokio::spawn(follow(errors, log.clone()));
        Ok(Process { child, input: Some(input), output, log, reader })
    }

    /// Its number, until it has been waited for.
    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// The pipe to it; can be taken once.
    pub(super) fn take_input(&mut self) -> Option<ChildStdin> {
        self.input.take()
    }

    /// Sends it a message.
    ///
    /// # Errors
    ///
    /// When it does not accept it any longer.
    pub(super) async fn tell(&mut self, message: &ToWorker) -> Result<(), FrameError> {
        match &mut self.input {
            Some(input) => tell(input, message).await,
            None => Err(io::Error::from(io::ErrorKind::BrokenPipe).into()),
        }
    }

    /// Reads a message; `None` when its pipe ended. Must not be dropped half-way, as a part of a message would be lost.
    ///
    /// # Errors
    ///
    /// When it sends something that is no message.
    pub(super) async fn read(&mut self) -> Result<Option<FromWorker>, FrameError> {
        let mut head = [0; 4];
        let mut filled = 0;
        while filled < head.len() {
            match self.output.read(&mut head[filled..]).await? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                count => filled += count,
            }
        }
        let length = frames::length(head)?;
        let mut content = Vec::new();
        let read = (&mut self.output).take(length as u64).read_to_end(&mut content).await?;
        if read < length {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        frames::decode(&content).map(Some)
    }

    /// Ends it, and returns how it ended, with the last lines of its log.
    pub(super) async fn end(mut self, error: Option<FrameError>) -> (String, String) {
        drop(self.input.take());
        let status = match tokio::time::timeout(LAST_MOMENT, self.child.wait()).await {
            Ok(status) => status,
            Err(_) => {
                // It fails if the process has ended already.
                let _ = self.child.start_kill();
                self.child.wait().await
            }
        };
        let how = match (status, error) {
            (Ok(status), Some(FrameError::Content(what))) => {
                format!("told what is no message ({}) and {}", shown(what), ended_how(status))
            }
            (Ok(status), _) => ended_how(status),
            (Err(error), _) => format!("can not be waited for ({error})"),
        };
        info!(how, "model worker ended");
        // Its last lines may still be on their way. They end with the process, unless something that it started holds
        // the pipe.
        let _ = tokio::time::timeout(Duration::from_secs(1), &mut self.reader).await;
        (how, self.log.last())
    }
}

/// Writes a message to a worker.
///
/// # Errors
///
/// When it does not accept it any longer.
pub(super) async fn tell(input: &mut ChildStdin, message: &ToWorker) -> Result<(), FrameError> {
    input.write_all(&frames::encode(message)?).await?;
    Ok(input.flush().await?)
}

impl Log {
    fn add(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn last(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = lines.iter().skip(lines.len().saturating_sub(QUOTED_LINES));
        last.map(|line| shown(line).to_string()).collect::<Vec<_>>().join("; ")
    }
}

/// Keeps the last lines of a worker's log. Lines of any length are read, and cut.
async fn follow(errors: ChildStderr, log: Log) {
    let mut errors = BufReader::new(errors);
    let mut line = Vec::new();
    loop {
        let Ok(piece) = errors.fill_buf().await else { return };
        if piece.is_empty() {
            break;
        }
        let end = piece.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(piece.len(), |end| end + 1);
        let room = LONGEST_LINE - line.len();
        line.extend_from_slice(&piece[..end.unwrap_or(taken).min(room)]);
        errors.consume(taken);
        if end.is_some() {
            log.add(String::from_utf8_lossy(&line).into_owned());
            line.clear();
        }
    }
    if !line.is_empty() {
        log.add(String::from_utf8_lossy(&line).into_owned());
    }
}

/// How a process ended, in words that go on after "the worker".
fn ended_how(status: ExitStatus) -> String {
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let (name, cause) = match signal {
            libc::SIGABRT => ("SIGABRT", ": the engine found a fault"),
            libc::SIGBUS => ("SIGBUS", ": did the model's file change or get shorter while it was used?"),
            libc::SIGSEGV => ("SIGSEGV", ": the engine or a driver crashed"),
            libc::SIGILL => ("SIGILL", ": this processor lacks instructions that the engine uses (AVX2)"),
            libc::SIGKILL => ("SIGKILL", ": was it killed, or did memory run out?"),
            libc::SIGFPE => ("SIGFPE", ": the engine crashed"),
            libc::SIGTERM => ("SIGTERM", ""),
            _ => ("a signal", ""),
        };
        return format!("was ended by {name} ({signal}){cause}");
    }
    match status.code() {
        Some(code) => format!("ended with status {code}"),
        None => "ended".to_owned(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn endings_are_told() {
        assert!(
            ended_how(ExitStatus::from_raw(libc::SIGBUS))
                .starts_with("was ended by SIGBUS (7): did the model")
        );
        assert_eq!(ended_how(ExitStatus::from_raw(libc::SIGUSR1)), "was ended by a signal (10)");
        assert_eq!(ended_how(ExitStatus::from_raw(3 << 8)), "ended with status 3");
    }

    #[test]
    fn a_log_keeps_its_end() {
        let log = Log::default();
        (0..100).for_each(|number| log.add(format!("line {number}")));
        assert_eq!(log.last(), "line 96; line 97; line 98; line 99");
    }
}
