//! Long output: through a pager where standard output is a terminal, as it is where it is not.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::process::{Child, ChildStdin, Stdio};

use crate::child;

/// Standard output, with a pager before it where people look at it.
pub(super) enum Pager {
    /// Nothing stands between.
    Direct(BufWriter<Stdout>),
    /// A program shows what is written, page by page.
    Paged {
        /// The program.
        child: Child,
        /// Where it reads.
        input: BufWriter<ChildStdin>,
    },
}

impl Pager {
    /// The pager that `PAGER` names, else `less -R`, if standard output is a terminal and that is wanted. Where none
    /// can be started, or `PAGER` is empty, there is none.
    pub(super) fn start(wanted: bool) -> Pager {
        let named = env::var("PAGER").unwrap_or_else(|_| "less -R".to_owned());
        if wanted && io::stdout().is_terminal() && !named.trim().is_empty() {
            let mut command = child::command("sh");
            command.arg("-c").arg(&named).stdin(Stdio::piped());
            if env::var_os("LESS").is_none() {
                command.env("LESS", "FRX"); // a page that fits the screen needs no keys
            }
            if let Ok(mut child) = command.spawn()
                && let Some(input) = child.stdin.take()
            {
                ignore_interrupts();
                return Pager::Paged { child, input: BufWriter::new(input) };
            }
        }
        Pager::Direct(BufWriter::new(io::stdout()))
    }

    /// Writes the rest, and waits until the pager is left.
    pub(super) fn finish(self) -> io::Result<()> {
        match self {
            Pager::Direct(mut out) => out.flush(),
            Pager::Paged { mut child, mut input } => {
                let written = input.flush();
                drop(input);
                child.wait()?;
                match written {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()), // it was left before the end
                    written => written,
                }
            }
        }
    }
}

impl Write for Pager {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Pager::Direct(out) => out.write(bytes),
            Pager::Paged { input, .. } => input.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Pager::Direct(out) => out.flush(),
            Pager::Paged { input, .. } => input.flush(),
        }
    }
}

/// Leaves Ctrl-C to the pager, which may have a use for it: without its writer, it would be left with the terminal half
/// set.
fn ignore_interrupts() {
    // SAFETY: the call takes no pointer but the constant that stands for ignoring, and no handler is replaced that
    // anything here relies on. The pager was started before, and keeps what it inherited.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
}
