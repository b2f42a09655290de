//! The process between Karat and a program that it starts: it ends the program and all its descendants as soon as
//! Karat is no more, however Karat ended.
//!
//! It is this same executable, started as `karat supervise-server -- PROGRAM ARGUMENTS`. Its standard input is a pipe
//! of which Karat alone holds the other end, so that the pipe's end tells of Karat's. Orphans among the descendants
//! become children of this process, so that none gets away by leaving the program's process group. What the program
//! writes goes to standard output; standard error carries what the supervisor itself has to say, a line each:
//!
//! ```text
//! started
//! failed 2                  the system's number of why it could not be started
//! ended exit status: 1      right away, while what it left behind is still being ended
//! ```

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{ExitCode, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::child;

/// How long a program may take to end by itself after it was asked to.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// How long to wait for processes that were killed: one that the system holds does not end at once.
pub(super) const LAST_WAIT: Duration = Duration::from_secs(20);

/// How often to check whether something happened.
const PAUSE: Duration = Duration::from_millis(50);

/// Starts the program and stays until it and all that it started are gone.
pub fn supervise(words: &[OsString]) -> ExitCode {
    match start(words) {
        Ok(program) => {
            report("started");
            watch(program);
            end_all(program);
            ExitCode::SUCCESS
        }
        Err(error) => {
            report(&format!("failed {}", error.raw_os_error().unwrap_or(0)));
            ExitCode::FAILURE
        }
    }
}

/// The program's process number. It is reaped by that number, after its group has ended.
#[allow(clippy::zombie_processes)]
fn start(words: &[OsString]) -> io::Result<libc::pid_t> {
    let (program, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    adopt_orphans();
    let stderr = io::stdout().as_fd().try_clone_to_owned()?;
    let own_id = std::process::id();
    let mut command = child::command(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::inherit()).stderr(stderr).process_group(0);
    // SAFETY: between fork and exec it only makes system calls, which take no lock and no memory.
    unsafe { command.pre_exec(move || end_with_parent(own_id)) };
    let child = command.spawn()?;
    libc::pid_t::try_from(child.id()).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Karat may be gone already: then there is nobody to tell.
fn report(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Returns when Karat is gone or asks for the end, or when the program has ended by itself.
fn watch(program: libc::pid_t) {
    while !karat_is_gone() {
        while let Some((child, status)) = ended_child(libc::P_ALL, 0) {
            if child == program {
                report(&format!("ended {status}"));
                return;
            }
            reap(child);
        }
    }
}

/// Waits a moment for the end of standard input.
fn karat_is_gone() -> bool {
    let mut input = libc::pollfd { fd: io::stdin().as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: it is given one pollfd, and told that it is one.
    let ready = unsafe { libc::poll(&mut input, 1, PAUSE.as_millis() as libc::c_int) };
    if ready <= 0 {
        return false;
    }
    let mut byte = 0_u8;
    // SAFETY: it may write one byte, and there is room for one.
    let read = unsafe { libc::read(input.fd, (&raw mut byte).cast(), 1) };
    read == 0 || read < 0 && io::Error::last_os_error().kind() != io::ErrorKind::Interrupted
}

/// Ends the program's process group, and all other descendants.
///
/// The program itself is not reaped before the end, so that its number stays that of its group.
fn end_all(program: libc::pid_t) {
    let start = Instant::now();
    let mut signal = Some(libc::SIGTERM);
    loop {
        let living = living_descendants(program);
        if living.is_empty() && ended_child(libc::P_PID, program).is_some() {
            break;
        }
        if start.elapsed() > GRACE {
            signal = Some(libc::SIGKILL); // again and again: there may be new ones
        }
        if let Some(signal) = signal.take() {
            send(-program, signal);
            living.iter().for_each(|process| send(*process, signal));
        }
        if start.elapsed() > GRACE + LAST_WAIT {
            break;
        }
        sleep(PAUSE);
    }
    reap(program);
}

fn send(process: libc::pid_t, signal: libc::c_int) {
    // SAFETY: kill takes no memory of ours. A number that is no longer in use is an error that says so.
    unsafe { libc::kill(process, signal) };
}

/// A child that has ended, and how; it stays until it is reaped.
fn ended_child(kind: libc::idtype_t, id: libc::pid_t) -> Option<(libc::pid_t, ExitStatus)> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: it may write one siginfo_t, and there is room for one.
    let result = unsafe { libc::waitid(kind, id as libc::id_t, info.as_mut_ptr(), options) };
    if result != 0 {
        return None;
    }
    // SAFETY: all zero is a valid siginfo_t; waitid has filled in those fields, or left the zeros.
    let (child, code, status) = unsafe {
        let info = info.assume_init();
        (info.si_pid(), info.si_code, info.si_status())
    };
    let raw = if code == libc::CLD_EXITED { (status & 0xff) << 8 } else { status };
    (child != 0).then(|| (child, ExitStatus::from_raw(raw)))
}

fn reap(child: libc::pid_t) {
    // SAFETY: without a place for the status, it writes nothing.
    unsafe { libc::waitpid(child, std::ptr::null_mut(), libc::WNOHANG) };
}

/// Lets orphans among the descendants become children of this process.
fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    // SAFETY: this option takes a number, and no memory of ours.
    unsafe {
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1)
    };
}

/// Has the system kill this process when its parent ends, for the case that the supervisor itself is killed.
fn end_with_parent(parent: u32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: this option takes a number, and no memory of ours.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        if std::os::unix::process::parent_id() != parent {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
    }
    let _ = parent;
    Ok(())
}

/// The descendants that have not ended; those that have are reaped, but for the program. Nothing where the system does
/// not tell of processes in `/proc`: there, only the process group is ended.
fn living_descendants(program: libc::pid_t) -> Vec<libc::pid_t> {
    let own_id = std::process::id() as libc::pid_t;
    let processes: Vec<Process> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Process::read(entry.file_name().to_str()?.parse().ok()?))
        .collect();
    let mut family = vec![own_id];
    let mut living = Vec::new();
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        next += 1;
        for process in processes.iter().filter(|process| process.parent == parent) {
            if family.contains(&process.id) {
                continue; // numbers were used again while we looked
            }
            family.push(process.id);
            if !process.has_ended {
                living.push(process.id);
            } else if parent == own_id && process.id != program {
                reap(process.id);
            }
        }
    }
    living
}

/// What the system says of a process.
struct Process {
    id: libc::pid_t,
    parent: libc::pid_t,
    has_ended: bool,
}

impl Process {
    fn read(id: libc::pid_t) -> Option<Process> {
        let text = fs::read(format!("/proc/{id}/stat")).ok()?;
        let text = String::from_utf8_lossy(&text);
        // The second field is the program's name in parentheses, and can hold anything.
        let mut fields = text.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?;
        Some(Process { id, parent: fields.next()?.parse().ok()?, has_ended: matches!(state, "Z" | "X") })
    }
}
