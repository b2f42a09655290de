//! A program under a supervisor, as Karat sees it.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tracing::info;

use super::log::ServerLog;
use super::supervisor::{GRACE, LAST_WAIT};
use crate::child;
use crate::lock::lock;
use crate::shown::shown;

/// What a program is started with.
pub(super) struct Invocation {
    /// The program and its arguments.
    pub words: Vec<OsString>,
    /// Variables that it gets besides ours.
    pub variables: Vec<(&'static str, String)>,
}

/// A program that runs until it ends, [`end`](Supervised::end) is called, or this process is gone.
pub(super) struct Supervised {
    supervisor: Arc<Mutex<Child>>,
    /// The supervisor's standard input, of which only this process has the other end.
    hold: Mutex<Option<ChildStdin>>,
    /// How the program ended, once it has.
    status: watch::Receiver<Option<Arc<str>>>,
    /// Closed when the supervisor is gone.
    gone: Mutex<mpsc::Receiver<()>>,
}

impl Supervised {
    /// Starts a program. What it writes goes to the log.
    ///
    /// # Errors
    ///
    /// The system's, where the program or its supervisor can not be started.
    pub(super) fn start(invocation: &Invocation, log: Arc<ServerLog>) -> io::Result<Supervised> {
        let mut command = child::command(own_executable()?);
        command.arg0("karat").arg("supervise-server").arg("--").args(&invocation.words);
        command
            .envs(invocation.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0); // so that a terminal's Ctrl-C is for Karat alone
        let mut child = command.spawn()?;
        let hold = child.stdin.take();
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (Some(stdout), Some(stderr)) = (stdout, stderr) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let supervisor = Arc::new(Mutex::new(child));
        let (report_status, status) = watch::channel(None);
        let (report_start, started) = mpsc::channel();
        let (until_gone, gone) = mpsc::channel();
        let waiting = Arc::clone(&supervisor);
        thread::Builder::new().name("server log".to_owned()).spawn(move || {
            let mut listener = Listener { log, report_start, report_status, line: Vec::new(), ended: None };
            listener.listen(stdout, stderr);
            let status = lock(&waiting).wait();
            listener.publish(|| match status {
                Ok(status) => format!("its supervisor ended, {status}"),
                Err(error) => error.to_string(),
            });
            drop(until_gone);
        })?;
        let supervised = Supervised { supervisor, hold: Mutex::new(hold), status, gone: Mutex::new(gone) };
        match started.recv() {
            Ok(Ok(())) => {
                let program = invocation.words.first().map(|word| word.to_string_lossy());
                info!(program = %shown(program.unwrap_or_default()), "server started");
                Ok(supervised)
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(io::Error::other("its supervisor ended")),
        }
    }

    /// Returns how the program ended, when it has.
    pub(super) async fn ended(&self) -> Arc<str> {
        let mut status = self.status.clone();
        match status.wait_for(Option::is_some).await {
            Ok(status) => status.clone().unwrap_or_else(|| "ended".into()),
            Err(_) => "ended".into(), // the thread that would tell is no more
        }
    }

    /// Waits until the program ends by itself, and ends it after this time. Returns how it ended by itself, if it did.
    pub(super) fn wait(self, limit: Duration) -> Option<Arc<str>> {
        let gone = lock(&self.gone).recv_timeout(limit);
        // The sender is dropped, nothing is sent.
        (gone == Err(mpsc::RecvTimeoutError::Disconnected)).then(|| self.status.borrow().clone()).flatten()
    }

    /// Ends the program and all that it started, and waits for that: usually a moment, at most half a minute.
    pub(super) fn end(&self) {
        drop(lock(&self.hold).take());
        let gone = lock(&self.gone);
        if gone.recv_timeout(GRACE + LAST_WAIT + Duration::from_secs(5))
            == Err(mpsc::RecvTimeoutError::Timeout)
        {
            // The system then kills the program, too.
            let _ = lock(&self.supervisor).kill();
        }
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        self.end();
    }
}

/// This executable, even if its file has been replaced since.
fn own_executable() -> io::Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

/// Reads what program and supervisor write.
struct Listener {
    log: Arc<ServerLog>,
    report_start: mpsc::Sender<io::Result<()>>,
    report_status: watch::Sender<Option<Arc<str>>>,
    /// What has been read of the supervisor's current line.
    line: Vec<u8>,
    /// How the program ended, and since when that is known.
    ended: Option<(String, Instant)>,
}

/// The end is reported when all that the program wrote has been read, or after this time.
const UNTIL_TOLD: Duration = Duration::from_secs(1);

/// The supervisor's lines are shorter than this.
const LONGEST_LINE: usize = 1 << 10;

impl Listener {
    /// Listens until the supervisor has nothing more to say.
    fn listen(&mut self, mut output: impl Read + AsRawFd, mut reports: impl Read + AsRawFd) {
        let mut piece = vec![0; 64 << 10];
        let mut output_ended = false;
        loop {
            let pause = if self.ended.is_some() { 50 } else { -1 };
            let output_fd = if output_ended { -1 } else { output.as_raw_fd() };
            let [has_output, has_report] = readable([output_fd, reports.as_raw_fd()], pause);
            if has_output {
                match output.read(&mut piece) {
                    Ok(0) | Err(_) => output_ended = true,
                    Ok(length) => self.log.add(&piece[..length]),
                }
            }
            if has_report {
                match reports.read(&mut piece) {
                    Ok(0) | Err(_) => break,
                    Ok(length) => piece[..length].iter().for_each(|byte| self.take(*byte)),
                }
            }
            if let Some((status, since)) = &self.ended
                && (!has_output || since.elapsed() > UNTIL_TOLD)
            {
                let status = status.clone();
                self.publish(|| status);
                self.ended = None;
            }
        }
        if let Some((status, _)) = self.ended.take() {
            self.publish(|| status);
        }
    }

    /// Takes a byte of a line `started`, `failed NUMBER` or `ended STATUS`.
    fn take(&mut self, byte: u8) {
        if byte != b'\n' {
            if self.line.len() < LONGEST_LINE {
                self.line.push(byte);
            }
            return;
        }
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        // Who asked for the start may no longer wait for an answer.
        let _ = match word {
            "started" => self.report_start.send(Ok(())),
            "failed" => self.report_start.send(Err(match rest.parse() {
                Ok(number) if number > 0 => io::Error::from_raw_os_error(number),
                _ => io::Error::other("it can not be started"),
            })),
            "ended" => {
                self.ended = Some((rest.to_owned(), Instant::now()));
                Ok(())
            }
            _ => Ok(()),
        };
    }

    /// Reports how the program ended, unless that has been reported.
    fn publish(&self, status: impl FnOnce() -> String) {
        self.log.finish();
        self.report_status.send_if_modified(|told| {
            let is_new = told.is_none();
            if is_new {
                let status = status();
                info!(status = %shown(&status), "server ended");
                *told = Some(status.into());
            }
            is_new
        });
    }
}

/// Waits until one of two has something to read or is at its end, for at most this many milliseconds.
fn readable(descriptors: [RawFd; 2], pause: libc::c_int) -> [bool; 2] {
    let mut polled = descriptors.map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
    // SAFETY: it is given two pollfds, and told that they are two.
    let ready = unsafe { libc::poll(polled.as_mut_ptr(), 2, pause) };
    polled.map(|polled| ready > 0 && polled.revents != 0)
}
