//! What commands say, on lines that fit the terminal.

use std::io::{self, StdoutLock, Write};

use super::Format;
use crate::report::fitting::{prose_of_errors, width, wrapped};

/// What a line of a table begins with: tables fit by themselves.
const TABLE: [char; 4] = ['│', '┌', '╞', '└'];

/// Standard output. Where it is a terminal, lines for people are broken between words.
pub(super) struct Stdout {
    out: StdoutLock<'static>,
    width: Option<u16>,
    /// What of a line is there so far, where lines are broken.
    line: Vec<u8>,
}

/// Standard output for a result in this format: JSON stays as it is.
pub(super) fn stdout(format: Format) -> Stdout {
    let width = if format == Format::Table { width() } else { None };
    Stdout { out: io::stdout().lock(), width, line: Vec::new() }
}

/// Says something on standard error. Nothing is lost where nobody listens.
pub(super) fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{}", prose_of_errors(text));
}

impl Stdout {
    fn write_line(&mut self) -> io::Result<()> {
        let line = String::from_utf8_lossy(&self.line);
        let text = match self.width {
            Some(width) if !line.starts_with(TABLE) => wrapped(&line, width.into()),
            _ => line.into_owned(),
        };
        self.line.clear();
        self.out.write_all(text.as_bytes())
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.width.is_none() {
            return self.out.write(bytes);
        }
        for &byte in bytes {
            if byte == b'\n' {
                self.write_line()?;
                self.out.write_all(b"\n")?;
            } else {
                self.line.push(byte);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_line()?;
        self.out.flush()
    }
}

impl Drop for Stdout {
    fn drop(&mut self) {
        let _ = self.write_line();
    }
}
