//! A command as a model: it gets the prompt on standard input and writes the answer to standard output.

use std::io;
use std::process::Stdio;
use std::time::Instant;

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command as Process};

use super::error::AskError;
use super::http::cut;
use super::{Identity, Provider, key};
use crate::child;
use crate::complete::query::{FinishReason, Query, RawAnswer};

/// The most bytes of an answer; more is an error.
const LARGEST_ANSWER: usize = 16 << 20;

/// How many bytes at the end of standard error are kept.
const LAST_WORDS: usize = 8 << 10;

/// How many characters of them an error quotes: few enough that no key is ever quoted in part.
const QUOTED: usize = 300;

/// A command line that answers one sample a run. The shell runs it, with the task in `KARAT_TASK_ID` and the index of
/// the sample in `KARAT_SAMPLE`, and without the keys of APIs; sampling parameters are its own matter. A conversation comes as its messages' texts,
/// with an empty line between them.
pub struct Command {
    line: String,
}

impl Command {
    /// A command line, for the shell.
    pub fn new(line: String) -> Command {
        Command { line }
    }

    fn start(&self, query: &Query) -> io::Result<Running> {
        let mut process = Process::from(child::command("sh"));
        process
            .arg("-c")
            .arg(&self.line)
            .env("KARAT_TASK_ID", query.task_id.as_str())
            .env("KARAT_SAMPLE", query.samples.start.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        process.process_group(0); // so that what the shell starts can be killed with it
        Ok(Running(process.spawn()?))
    }
}

/// A process that is killed with all it started when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.0.id().and_then(|id| i32::try_from(id).ok()) {
            // SAFETY: kill takes no memory of ours. The process has not been waited for, as `id` is there, so its
            // number is still that of the group that it leads.
            unsafe { libc::kill(-group, libc::SIGKILL) };
        }
    }
}

#[async_trait]
impl Provider for Command {
    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let failed = |what: &str| {
            let action = format!("can not {what} the command `{}`", self.line);
            move |source| AskError::Local { action, source }
        };
        let start = Instant::now();
        let mut running = self.start(query).map_err(failed("start"))?;
        let stdin = running.0.stdin.take();
        let (stdout, stderr) = (running.0.stdout.take(), running.0.stderr.take());
        let prompt = query.prompt.text();
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A command that does not read its input to the end is not wrong for that.
                let _ = stdin.write_all(prompt.as_bytes()).await;
            }
            Ok(())
        };
        // A command that writes without end is not waited for: it is killed when this returns.
        let answer = async {
            let answer = read_to_limit(stdout).await.map_err(failed("read the output of"))?;
            answer.ok_or(AskError::TooLong { limit: LARGEST_ANSWER })
        };
        let words = async { Ok(read_end(stderr).await) };
        let ((), answer, words) = tokio::try_join!(feed, answer, words)?;
        let status = running.0.wait().await.map_err(failed("wait for"))?;
        if !status.success() {
            return Err(AskError::CommandFailed { status: status.to_string(), message: quote(&words) });
        }
        Ok(vec![RawAnswer {
            finish: FinishReason::Stop,
            latency_ms: start.elapsed().as_millis() as u64,
            ..RawAnswer::new(String::from_utf8_lossy(&answer))
        }])
    }

    fn identity(&self) -> Option<Identity> {
        None
    }
}

/// Reads to the end; `None` if there is more than the limit.
async fn read_to_limit(stream: Option<impl AsyncRead + Unpin>) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        stream.take(LARGEST_ANSWER as u64 + 1).read_to_end(&mut bytes).await?;
    }
    Ok((bytes.len() <= LARGEST_ANSWER).then_some(bytes))
}

/// Reads to the end and keeps the last words of it.
async fn read_end(stream: Option<impl AsyncRead + Unpin>) -> String {
    let mut end = Vec::new();
    let mut piece = [0; 1024];
    if let Some(mut stream) = stream {
        while let Ok(length @ 1..) = stream.read(&mut piece).await {
            end.extend_from_slice(&piece[..length]);
            end.drain(..end.len().saturating_sub(LAST_WORDS));
        }
    }
    String::from_utf8_lossy(&end).into_owned()
}

/// The end of a text, on one line, without keys.
fn quote(text: &str) -> String {
    // Commands do not get them, but may find them elsewhere.
    let keys = child::key_variables()
        .filter_map(|name| std::env::var(name).ok())
        .filter(|key| !key.trim().is_empty());
    let text = keys.fold(text.to_owned(), |text, key| text.replace(key.trim(), key::REMOVED));
    let start = text.char_indices().rev().nth(QUOTED).map_or(0, |(start, _)| start);
    cut(&text[start..])
}
