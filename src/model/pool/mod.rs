//! The workers of a run, from the parent's side: one process for each device or core, fed from one queue.
//!
//! When a worker ends, what it was working on is lost: that is an error, with the last lines of its log, and the worker
//! is started again, a few times. None is left behind: a worker is killed when its pool is dropped, and ends by itself
//! when this process does.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::device::{Backend, DeviceName, DeviceReport};
use super::engine::{EngineConfig, LONGEST_TEXT, ModelInfo};
use super::frames::{
    CompletionTask, CountTask, FrameError, FromWorker, GeneratedText, PromptText, RequestError, RequestId,
    Score, ScoreTask, ToWorker,
};
use crate::shown::shown;

mod process;
mod state;

pub use process::WorkerCommand;
use process::{Process, Spawner};
use state::{PoolState, Task, WorkerAnswer};

/// How often a worker is started again without having completed anything in between.
const MOST_RESTARTS: u32 = 3;

/// How long a driver may take to list its devices.
const PROBE_LIMIT: Duration = Duration::from_secs(60);

/// Why a model does not answer. Each message says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// The program of a worker can not be started.
    #[error("can not start the model's process ({}): {}", shown(program.display()), shown(reason))]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        reason: String,
    },
    /// The model can not be loaded, or the engine refuses to go on.
    #[error("{}", crate::shown::shown_text(_0))]
    Failed(String),
    /// A worker ended while it had work to do.
    #[error("the model's process on {device} {how}{}", quoted(log))]
    Died {
        /// Where it ran.
        device: DeviceName,
        /// How it ended.
        how: String,
        /// The last lines of its log.
        log: String,
    },
    /// One request can not be answered.
    #[error(transparent)]
    Refused(#[from] RequestError),
    /// The pool is gone.
    #[error("the model's processes have been ended")]
    Closed,
}

fn quoted(log: &str) -> String {
    if log.is_empty() { String::new() } else { format!("; its log ends with: {log}") }
}

/// Called while models are loaded, with the worker's number and the share that is loaded, from 0 to 1.
pub type Progress = Arc<dyn Fn(usize, f32) + Send + Sync>;

/// The workers of a model.
pub struct Pool {
    shared: Arc<Shared>,
    infos: Vec<ModelInfo>,
    supervisors: Vec<JoinHandle<()>>,
}

struct Shared(Mutex<PoolState>);

impl Shared {
    fn state(&self) -> MutexGuard<'_, PoolState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    /// Starts a worker for each of the settings, and waits until all have loaded the model.
    ///
    /// # Errors
    ///
    /// When one of them can not; the others are ended.
    pub async fn start(
        command: &WorkerCommand,
        workers: Vec<EngineConfig>,
        progress: Progress,
    ) -> Result<Pool, ModelError> {
        let slots = workers.iter().map(|config| config.slots as usize);
        let shared = Arc::new(Shared(Mutex::new(PoolState::new(slots))));
        let spawner = Spawner::start().map_err(|error| ModelError::Start {
            program: command.program.clone(),
            reason: error.to_string(),
        })?;
        let spawner = Arc::new(spawner);
        let mut pool = Pool { shared, infos: Vec::new(), supervisors: Vec::new() };
        let mut loaded = Vec::new();
        for (index, config) in workers.into_iter().enumerate() {
            let (sender, receiver) = oneshot::channel();
            loaded.push(receiver);
            let supervisor = Supervisor {
                shared: Arc::clone(&pool.shared),
                spawner: Arc::clone(&spawner),
                command: command.clone(),
                index,
                config,
                progress: Arc::clone(&progress),
                loaded: Some(sender),
            };
            pool.supervisors.push(tokio::spawn(supervisor.run()));
        }
        for loaded in loaded {
            pool.infos.push(loaded.await.map_err(|_| ModelError::Closed)??);
        }
        Ok(pool)
    }

    /// What is known of the model, for each worker.
    pub fn infos(&self) -> &[ModelInfo] {
        &self.infos
    }

    /// The numbers of the processes that run and have loaded the model.
    pub fn processes(&self) -> Vec<u32> {
        self.shared.state().processes()
    }

    /// How many completions are computed at once.
    pub fn slots(&self) -> usize {
        self.infos.iter().map(|info| info.slots as usize).sum()
    }

    /// Completes a prompt once for each key, in their order. There is no time limit: a request may wait long for its
    /// turn. Dropping the future ends the request.
    ///
    /// # Errors
    ///
    /// When the request is refused, or a worker with a part of it ended.
    pub async fn complete(&self, task: CompletionTask) -> Result<Vec<GeneratedText>, ModelError> {
        match self.ask(Task::Complete(task)).await? {
            WorkerAnswer::Completions(completions) => Ok(completions),
            WorkerAnswer::Score(_) => {
                Err(ModelError::Failed("a score where completions were asked for".to_owned()))
            }
        }
    }

    /// How likely a text is after a prompt, token by token.
    ///
    /// # Errors
    ///
    /// As [`Pool::complete`].
    pub async fn score(&self, task: ScoreTask) -> Result<Score, ModelError> {
        match self.ask(Task::Score(task)).await? {
            WorkerAnswer::Score(score) => Ok(score),
            WorkerAnswer::Completions(_) => {
                Err(ModelError::Failed("completions where a score was asked for".to_owned()))
            }
        }
    }

    async fn ask(&self, task: Task) -> Result<WorkerAnswer, ModelError> {
        let length = match &task {
            Task::Complete(task) => task.prompt.length().max(task.keys.len()),
            Task::Score(task) => task.prompt.length().saturating_add(task.text.len()),
        };
        if length > LONGEST_TEXT {
            let what =
                format!("a request of {length} bytes, where {LONGEST_TEXT} are the most; shorten the prompt");
            return Err(RequestError::Request(what).into());
        }
        let (request, receiver) = self.shared.state().ask(task);
        let waiting = Asked { shared: &self.shared, request };
        let answer = receiver.await.map_err(|_| ModelError::Closed)?;
        // Requests that were answered are not there to be cancelled.
        drop(waiting);
        answer
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Dropping a supervisor's task drops its process, which kills it.
        self.supervisors.iter().for_each(JoinHandle::abort);
    }
}

/// Cancels a request when nobody waits for it any longer.
struct Asked<'a> {
    shared: &'a Shared,
    request: RequestId,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.shared.state().cancel(self.request);
    }
}

/// Keeps one worker running.
struct Supervisor {
    shared: Arc<Shared>,
    spawner: Arc<Spawner>,
    command: WorkerCommand,
    index: usize,
    config: EngineConfig,
    progress: Progress,
    /// Receives the news that the model is loaded, the first time.
    loaded: Option<oneshot::Sender<Result<ModelInfo, ModelError>>>,
}

/// How a run of the worker ended.
struct Ending {
    error: ModelError,
    /// Whether it had answered anything.
    has_answered: bool,
}

impl Supervisor {
    async fn run(mut self) {
        let mut restarts = 0;
        loop {
            let Ending { error, has_answered } = self.live().await;
            if let Some(loaded) = self.loaded.take() {
                // What fails at the start will fail again.
                self.shared.state().gone(self.index, &error);
                let _ = loaded.send(Err(error));
                return;
            }
            restarts = if has_answered { 1 } else { restarts + 1 };
            if restarts > MOST_RESTARTS {
                self.shared.state().gone(self.index, &error);
                return;
            }
            self.shared.state().ended(self.index, &error);
        }
    }

    /// One run of the worker, to its end.
    async fn live(&mut self) -> Ending {
        let failed = |error| Ending { error, has_answered: false };
        let mut process = match Process::start(&self.spawner, &self.command).await {
            Ok(process) => process,
            Err(error) => return failed(error),
        };
        // If it does not accept this, it has ended, which the reading finds.
        let _ = process.tell(&ToWorker::Load(self.config.clone())).await;
        let mut has_answered = false;
        let mut writer: Option<Writer> = None;
        let mut said = None;
        let error = loop {
            match process.read().await {
                Ok(Some(FromWorker::Loading(share))) => (self.progress)(self.index, share.clamp(0.0, 1.0)),
                Ok(Some(FromWorker::Loaded(info))) if writer.is_none() => {
                    let Some(input) = process.take_input() else { break None };
                    let (sender, receiver) = mpsc::unbounded_channel();
                    writer = Some(Writer(tokio::spawn(write(input, receiver))));
                    self.shared.state().started(self.index, process.id(), sender);
                    if let Some(loaded) = self.loaded.take() {
                        // Whoever started the pool may be gone; then the pool soon is, too.
                        let _ = loaded.send(Ok(*info));
                    }
                }
                Ok(Some(FromWorker::Failed(message))) => said = Some(message),
                Ok(Some(message)) => {
                    has_answered |= !matches!(message, FromWorker::Refused(..));
                    if let Err(what) = self.shared.state().take(self.index, message) {
                        break Some(FrameError::Content(what.to_owned()));
                    }
                }
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        drop(writer);
        let (how, log) = process.end(error).await;
        let error = match said {
            Some(message) => ModelError::Failed(message),
            None => ModelError::Died { device: self.config.device, how, log },
        };
        Ending { error, has_answered }
    }
}

/// The task that writes to a worker; it ends with this.
struct Writer(JoinHandle<()>);

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn write(mut input: tokio::process::ChildStdin, mut messages: mpsc::UnboundedReceiver<ToWorker>) {
    while let Some(message) = messages.recv().await {
        // A worker that accepts nothing more has ended, which the reading finds.
        if process::tell(&mut input, &message).await.is_err() {
            return;
        }
    }
}

/// Which devices of these kinds there are. Each kind is looked for in a process of its own, since drivers crash.
pub async fn probe(command: &WorkerCommand, folder: &Path, backends: &[Backend]) -> Vec<DeviceReport> {
    let spawner = match Spawner::start() {
        Ok(spawner) => spawner,
        Err(error) => {
            let failed =
                |backend: &Backend| DeviceReport { backend: *backend, devices: Err(error.to_string()) };
            return backends.iter().map(failed).collect();
        }
    };
    let mut reports = Vec::new();
    for &backend in backends {
        let probed = tokio::time::timeout(PROBE_LIMIT, probe_one(&spawner, command, folder, backend)).await;
        reports.push(probed.unwrap_or_else(|_| DeviceReport {
            backend,
            devices: Err(format!("the driver does not answer within {} s", PROBE_LIMIT.as_secs())),
        }));
    }
    reports
}

/// How many bytes of prompts one process tokenises.
const COUNTED_AT_ONCE: usize = 32 << 20;

/// How many tokens each of the prompts has, in their order.
///
/// # Errors
///
/// When the model's vocabulary can not be loaded.
pub async fn count_tokens(
    command: &WorkerCommand,
    library: &Path,
    model: &Path,
    prompts: Vec<PromptText>,
) -> Result<Vec<u32>, ModelError> {
    let spawner = Spawner::start()
        .map_err(|error| ModelError::Start { program: command.program.clone(), reason: error.to_string() })?;
    let mut counts = Vec::with_capacity(prompts.len());
    let mut prompts = prompts.into_iter().peekable();
    while prompts.peek().is_some() {
        let mut task =
            CountTask { library: library.to_path_buf(), model: model.to_path_buf(), prompts: Vec::new() };
        let mut size = 0;
        while size < COUNTED_AT_ONCE
            && let Some(prompt) = prompts.next()
        {
            size += prompt.length() + 128;
            task.prompts.push(prompt);
        }
        counts.extend(count_some(&spawner, command, task).await?);
    }
    Ok(counts)
}

async fn count_some(
    spawner: &Spawner,
    command: &WorkerCommand,
    task: CountTask,
) -> Result<Vec<u32>, ModelError> {
    let wanted = task.prompts.len();
    let mut process = Process::start(spawner, command).await?;
    // If it does not accept this, it has ended, which the reading finds.
    let _ = process.tell(&ToWorker::Count(task)).await;
    let error = match process.read().await {
        Ok(Some(FromWorker::Counted(counts))) if counts.len() == wanted => return Ok(counts),
        Ok(Some(FromWorker::Failed(message))) => return Err(ModelError::Failed(message)),
        Ok(Some(_)) => Some(FrameError::Content("a message out of turn".to_owned())),
        Ok(None) => None,
        Err(error) => Some(error),
    };
    let (how, log) = process.end(error).await;
    Err(ModelError::Died { device: DeviceName::Cpu, how, log })
}

async fn probe_one(
    spawner: &Spawner,
    command: &WorkerCommand,
    folder: &Path,
    backend: Backend,
) -> DeviceReport {
    let failed = |reason| DeviceReport { backend, devices: Err(reason) };
    let mut process = match Process::start(spawner, command).await {
        Ok(process) => process,
        Err(error) => return failed(error.to_string()),
    };
    // If it does not accept this, it has ended, which the reading finds.
    let _ = process.tell(&ToWorker::Probe(folder.to_path_buf(), backend)).await;
    let error = match process.read().await {
        Ok(Some(FromWorker::Devices(report))) if report.backend == backend => return report,
        Ok(Some(FromWorker::Failed(message))) => return failed(shown(message).to_string()),
        Ok(Some(_)) => Some(FrameError::Content("a message out of turn".to_owned())),
        Ok(None) => None,
        Err(error) => Some(error),
    };
    let (how, log) = process.end(error).await;
    failed(format!("the process that looked for it {how}{}", quoted(&log)))
}
