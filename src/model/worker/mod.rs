//! The child process that holds a model: it reads requests from standard input and writes answers to what was its
//! standard output.
//!
//! The library ends its process when a rule is broken, when a mapped file shrinks, or when memory runs out, and its
//! drivers crash; none of that may end a run. The worker ends when its parent does: its input ends then, which a thread
//! of its own waits for, and the system ends it with the thread that started it.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::FromRawFd;
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, TryRecvError};

use super::device::DeviceReport;
use super::engine::{self, EngineError, InferenceEngine};
use super::frames::{self, FromWorker, PromptText, RequestError, RequestId, ToWorker};

mod decoder;
mod sample;
mod scheduler;

pub use decoder::Decoder;
pub use scheduler::Scheduler;

/// Variables that change results, load other code, or print more.
const CLEARED: [&str; 2] = ["GGML_", "LLAMA_"];
/// Those among them that choose devices are kept.
const KEPT: [&str; 1] = [super::library::VULKAN_DEVICES];

/// The whole life of a worker.
pub fn main() -> ExitCode {
    let mut answers = match prepare() {
        Ok(answers) => answers,
        Err(error) => {
            eprintln!("the worker can not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let messages = listen();
    let ended = match messages.recv() {
        Ok(ToWorker::Probe(folder, backend)) => {
            let devices = engine::probe(&folder, backend);
            let report =
                devices.unwrap_or_else(|error| DeviceReport { backend, devices: Err(error.to_string()) });
            frames::write(&mut answers, &FromWorker::Devices(report)).map_err(|error| error.to_string())
        }
        Ok(ToWorker::Count(task)) => engine::count_tokens(&task.library, &task.model, &task.prompts)
            .map_err(|error| error.to_string())
            .and_then(|counts| {
                frames::write(&mut answers, &FromWorker::Counted(counts)).map_err(|error| error.to_string())
            }),
        Ok(ToWorker::Load(config)) => serve(&config, &messages, &mut answers),
        Ok(_) => Err("the first message asks for no model".to_owned()),
        Err(_) => Ok(()),
    };
    let code = match ended {
        Ok(()) => 0,
        Err(message) => {
            eprintln!("{message}");
            // Nobody may be there to read it.
            let _ = frames::write(&mut answers, &FromWorker::Failed(message));
            1
        }
    };
    end(code)
}

/// Ends the process without the library's own clean-up, which may wait for devices or crash.
fn end(code: i32) -> ! {
    let _ = io::stderr().flush();
    // SAFETY: ends the process at once; nothing of it is needed any more.
    unsafe { libc::_exit(code) }
}

/// Prepares the process, and returns the pipe for answers: the former standard output. From then on, standard output
/// goes to standard error, so that a library that prints does not write into the frames.
fn prepare() -> io::Result<File> {
    let names = std::env::vars_os().map(|(name, _)| name);
    let cleared = names.filter(|name| {
        let name = name.to_string_lossy();
        CLEARED.iter().any(|start| name.starts_with(start)) && !KEPT.contains(&name.as_ref())
    });
    let cleared: Vec<_> = cleared.collect();
    // SAFETY: the process has no other thread yet.
    unsafe {
        cleared.iter().for_each(|name| std::env::remove_var(name));
        // Without this variable, a failed check of the library starts a debugger.
        std::env::set_var("GGML_NO_BACKTRACE", "1");
        // With it, the kernels of the types IQ… round differently from eight columns on.
        std::env::set_var("GGML_NO_IQ_PANEL", "1");
    }
    #[cfg(target_os = "linux")]
    {
        // SAFETY: takes numbers only.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        // If memory runs out, this process is to be killed rather than its parent; a worker without that right goes on
        // all the same.
        let _ = std::fs::write("/proc/self/oom_score_adj", "500");
    }
    // Memory for copies of sequences is returned when it is freed, rather than kept for the next such buffer.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: takes numbers only. A process that is refused has more memory than it needs.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 20)
    };
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: reads the structure that is given. A dump of a model's memory is of no use to anybody.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
    // SAFETY: numbers only.
    let saved = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_DUPFD_CLOEXEC, 3) };
    if saved < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: numbers only.
    if unsafe { libc::dup2(libc::STDERR_FILENO, libc::STDOUT_FILENO) } < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is open, and nobody else has it.
    Ok(unsafe { File::from_raw_fd(saved) })
}

/// Reads messages on a thread of its own, which ends the process with the pipe, whatever the others do.
fn listen() -> Receiver<ToWorker> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            match frames::read(&mut input) {
                Ok(Some(message)) => {
                    if sender.send(message).is_err() {
                        return;
                    }
                }
                Ok(None) => end(0),
                Err(error) => {
                    eprintln!("the worker is told {error}");
                    end(1)
                }
            }
        }
    });
    receiver
}

/// Loads a model and answers until the messages end.
fn serve(
    config: &engine::EngineConfig,
    messages: &Receiver<ToWorker>,
    answers: &mut File,
) -> Result<(), String> {
    let mut told = 0.0;
    let mut lost = false;
    let engine = InferenceEngine::load(config, &mut |share| {
        if share >= told + 0.01 {
            told = share;
            lost |= frames::write(answers, &FromWorker::Loading(share)).is_err();
        }
    });
    let mut engine = engine.map_err(|error| error.to_string())?;
    if lost {
        return Ok(());
    }
    tell(answers, &[FromWorker::Loaded(Box::new(engine.info().clone()))])?;
    let mut scheduler = Scheduler::new();
    let mut events = Vec::new();
    loop {
        loop {
            let message = if scheduler.is_idle() && events.is_empty() {
                messages.recv().map_err(|_| TryRecvError::Disconnected)
            } else {
                messages.try_recv()
            };
            match message {
                Ok(message) => take(&mut scheduler, &mut engine, message, &mut events)
                    .map_err(|error| error.to_string())?,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
        }
        scheduler.step(&mut engine, &mut events).map_err(|error| error.to_string())?;
        tell(answers, &events)?;
        events.clear();
    }
}

fn tell(answers: &mut File, events: &[FromWorker]) -> Result<(), String> {
    for event in events {
        match frames::write(answers, event) {
            Ok(()) => {}
            // Nobody is there any longer.
            Err(frames::FrameError::Pipe(_)) => end(0),
            Err(frames::FrameError::TooLong(length)) if event.request().is_some() => {
                let request = event.request().unwrap_or_default();
                let what = format!(
                    "an answer of {length} bytes, which is too long; ask for fewer log-probabilities"
                );
                tell(answers, &[FromWorker::Refused(request, RequestError::Request(what))])?;
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(())
}

/// Handles a message; a request that can not be answered is refused.
fn take(
    scheduler: &mut Scheduler,
    engine: &mut InferenceEngine,
    message: ToWorker,
    events: &mut Vec<FromWorker>,
) -> Result<(), EngineError> {
    let (request, taken) = match message {
        ToWorker::Complete(request, task) => {
            let taken = tokens(engine, &task.prompt)
                .and_then(|prompt| scheduler.complete(engine, request, prompt, task));
            (request, taken)
        }
        ToWorker::Score(request, task) => (request, take_score(scheduler, engine, request, &task)),
        ToWorker::Cancel(request) => return scheduler.cancel(engine, request),
        ToWorker::Probe(..) | ToWorker::Count(_) | ToWorker::Load(_) => {
            return Err(EngineError::Call("a second model for one worker"));
        }
    };
    if let Err(refusal) = taken {
        events.push(FromWorker::Refused(request, refusal));
    }
    Ok(())
}

fn take_score(
    scheduler: &mut Scheduler,
    engine: &InferenceEngine,
    request: RequestId,
    task: &frames::ScoreTask,
) -> Result<(), RequestError> {
    let prompt = tokens(engine, &task.prompt)?;
    let text = PromptText::new(task.text.as_str(), false, false);
    scheduler.score(engine, request, prompt, tokens(engine, &text)?)
}

fn tokens(engine: &InferenceEngine, prompt: &PromptText) -> Result<Vec<engine::TokenId>, RequestError> {
    let tokens = engine.tokenize(prompt);
    tokens.map_err(|error| RequestError::Request(error.to_string()))
}
