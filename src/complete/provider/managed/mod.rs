//! Servers that Karat starts and ends: vLLM, SGLang and llama.cpp's.
//!
//! | file | what it does |
//! | --- | --- |
//! | `engine` | how each program is found and called |
//! | `supervisor` | the process that ends a program as soon as Karat is gone |
//! | `process` | a program under a supervisor, as Karat sees it |
//! | `log` | what a program writes |
//!
//! A server is started when the first answer is needed that no cache has, and then asked as any compatible one is. It
//! listens on loopback, and wants a key that is made for it.

use std::collections::BTreeSet;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;
use tokio::time::{sleep, timeout};

use super::error::{AskError, Quote, ServerError};
use super::http::Server;
use super::key::Key;
use super::open_ai::OpenAi;
use super::open_ai_completions::OpenAiCompletions;
use super::{Identity, OpenError, Provider};
use crate::complete::left_out::{Addition, Additions};
use crate::complete::model_spec::{Api, ModelSpec, ServerAddress, ServerEngine};
use crate::complete::query::{Query, RawAnswer};
use crate::lock::lock;

mod engine;
mod log;
mod process;
mod supervisor;

pub use supervisor::supervise;

use engine::{Program, served_name};
use log::ServerLog;
use process::{Invocation, Supervised};

/// How long a program may take to say its version: vLLM loads all of itself before.
const VERSION_TIME: Duration = Duration::from_secs(180);

/// The time limit for an answer to the question whether the server is ready.
const HEALTH_TIME: Duration = Duration::from_secs(10);

/// The waits between such questions grow up to this.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// A list of models is shorter than this.
const LARGEST_LIST: usize = 1 << 20;

/// When a connection breaks, the news that the server ended may come this much later.
const NEWS_TIME: Duration = Duration::from_secs(2);

/// How to start a server.
#[derive(Clone)]
pub struct ServerSettings {
    /// The arguments of its command line besides those that Karat sets.
    pub arguments: Vec<String>,
    /// How many requests it gets at once.
    pub slots: u16,
    /// How long it may write nothing before it is ready.
    pub silence: Duration,
    /// The folder of logs.
    pub logs: PathBuf,
    /// Called with what goes on.
    pub tell: Arc<dyn Fn(ServerStep) + Send + Sync>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        ServerSettings {
            arguments: Vec::new(),
            slots: 16,
            silence: Duration::from_secs(1800),
            logs: std::env::temp_dir(),
            tell: Arc::new(|_| {}),
        }
    }
}

/// What goes on while a server is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerStep {
    /// It is asked for its version.
    Version {
        /// Which program.
        program: &'static str,
    },
    /// It is being started.
    Starting {
        /// The command line, without the key.
        command: String,
        /// The file that what it writes goes to.
        log: PathBuf,
    },
    /// It is not ready yet.
    Waiting {
        /// The last line that it wrote.
        line: String,
    },
    /// It is ready.
    Ready {
        /// Which program.
        program: &'static str,
        /// How long that took.
        after: Duration,
    },
}

/// A model behind a server that is started when it is needed.
pub struct Managed {
    spec: ModelSpec,
    engine: ServerEngine,
    model: String,
    api: Api,
    program: Program,
    /// `None` if it does not say.
    version: Option<String>,
    settings: ServerSettings,
    server: OnceCell<Result<Running, Arc<ServerError>>>,
    /// The process, once there is one, so that it can be ended.
    process: Mutex<Option<Arc<Supervised>>>,
    is_closed: AtomicBool,
}

/// A server that is ready.
struct Running {
    provider: Box<dyn Provider>,
    process: Arc<Supervised>,
    log: Arc<ServerLog>,
}

impl Managed {
    /// A model of a program that is installed. The program is asked for its version, and nothing else happens yet.
    ///
    /// # Errors
    ///
    /// Where the program, or a model's file, is not there, or an argument is Karat's to set.
    pub fn open(
        spec: &ModelSpec,
        (engine, model, api): (ServerEngine, &str, Api),
        environment: &dyn Fn(&str) -> Option<String>,
        settings: &ServerSettings,
    ) -> Result<Managed, OpenError> {
        engine::check_arguments(&settings.arguments)?;
        if engine == ServerEngine::LlamaServer && !Path::new(model).is_file() {
            return Err(OpenError::NoModelFile { path: model.into() });
        }
        let program = Program::find(engine, environment)?;
        (settings.tell)(ServerStep::Version { program: engine.name() });
        let version = version(&program, &settings.logs)?;
        Ok(Managed {
            spec: spec.clone(),
            engine,
            model: model.to_owned(),
            api,
            program,
            version,
            settings: settings.clone(),
            server: OnceCell::new(),
            process: Mutex::new(None),
            is_closed: AtomicBool::new(false),
        })
    }

    async fn running(&self) -> Result<&Running, AskError> {
        let server = self.server.get_or_init(|| async { self.start().await.map_err(Arc::new) }).await;
        server.as_ref().map_err(|error| AskError::Server(Arc::clone(error)))
    }

    async fn start(&self) -> Result<Running, ServerError> {
        let start = Instant::now();
        let failed = |command: &str, source| ServerError::Start { command: command.to_owned(), source };
        let key = Key::random().map_err(|source| failed(self.engine.name(), source))?;
        let port = free_port().map_err(|source| failed(self.engine.name(), source))?;
        let settings = &self.settings;
        let invocation = self.program.serve(&self.model, port, settings.slots, &key, &settings.arguments);
        let command = key.removed_from(&command_line(&invocation));
        let path = settings.logs.join(format!("{}-{}.log", self.engine.name(), slug(&self.model)));
        let log = ServerLog::create(path.clone(), key.clone())
            .map_err(|source| ServerError::Log { path: path.clone(), source })?;
        let log = Arc::new(log);
        (settings.tell)(ServerStep::Starting { command: command.clone(), log: path });
        let process = self.launch(&invocation, &log).map_err(|source| failed(&command, source))?;
        let at = |path: &str| {
            let address = format!("http://127.0.0.1:{port}{path}");
            let address = address.parse::<ServerAddress>().map_err(|_| io::ErrorKind::InvalidInput)?;
            Server::new(address, Some(("authorization", "Bearer ", key.clone())), &[])
                .map_err(io::Error::other)
        };
        let root = at("").map_err(|source| failed(&command, source))?;
        self.wait_until_ready(&root, &process, &log).await?;
        self.check_model(&root, &log).await?;
        (settings.tell)(ServerStep::Ready { program: self.engine.name(), after: start.elapsed() });
        let server = at("/v1").map_err(|source| failed(&command, source))?;
        let name = served_name(self.engine, &self.model);
        let provider: Box<dyn Provider> = match self.api {
            Api::Chat => Box::new(OpenAi::new(server, &self.spec, &name)),
            Api::Completions => Box::new(OpenAiCompletions::new(server, &self.spec, &name)),
        };
        Ok(Running { provider, process, log })
    }

    /// Starts the process, stored where [`close`](Provider::close) finds it.
    fn launch(&self, invocation: &Invocation, log: &Arc<ServerLog>) -> io::Result<Arc<Supervised>> {
        let mut process = lock(&self.process);
        if self.is_closed.load(Ordering::SeqCst) {
            return Err(io::Error::other("nothing more is wanted of it"));
        }
        let started = Arc::new(Supervised::start(invocation, Arc::clone(log))?);
        *process = Some(Arc::clone(&started));
        Ok(started)
    }

    /// Waits as long as the server lives and keeps writing.
    async fn wait_until_ready(
        &self,
        root: &Server,
        process: &Supervised,
        log: &ServerLog,
    ) -> Result<(), ServerError> {
        let mut pause = Duration::from_millis(50);
        loop {
            let is_ready = async {
                match root.get("health", HEALTH_TIME, LARGEST_LIST).await {
                    // A server without such a page may still be ready: the list of models will tell.
                    Ok((404 | 405, _)) => root
                        .get("v1/models", HEALTH_TIME, LARGEST_LIST)
                        .await
                        .is_ok_and(|(status, _)| status == 200),
                    Ok((status, _)) => (200..300).contains(&status),
                    Err(_) => false,
                }
            };
            tokio::select! {
                biased;
                status = process.ended() => return Err(self.ended("before it was ready", status, log)),
                is_ready = is_ready => if is_ready { return Ok(()) },
            }
            if log.silence() > self.settings.silence {
                return Err(ServerError::Silent {
                    program: self.engine.name(),
                    limit: self.settings.silence,
                    quote: quote(log),
                });
            }
            (self.settings.tell)(ServerStep::Waiting { line: log.last_line() });
            tokio::select! {
                biased;
                status = process.ended() => return Err(self.ended("before it was ready", status, log)),
                () = sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Whether the server serves the model.
    async fn check_model(&self, root: &Server, log: &ServerLog) -> Result<(), ServerError> {
        #[derive(Deserialize)]
        struct List {
            data: Vec<Listed>,
        }
        #[derive(Deserialize)]
        struct Listed {
            id: String,
        }
        let no_list =
            |message| ServerError::NoList { program: self.engine.name(), message, quote: quote(log) };
        let (status, text) = root
            .get("v1/models", HEALTH_TIME, LARGEST_LIST)
            .await
            .map_err(|error| no_list(error.to_string()))?;
        if status != 200 {
            return Err(no_list(format!("status {status}")));
        }
        let list: List = serde_json::from_str(&text).map_err(|error| no_list(error.to_string()))?;
        let wanted = served_name(self.engine, &self.model);
        if list.data.iter().any(|listed| listed.id == wanted) {
            return Ok(());
        }
        let listed: BTreeSet<String> =
            list.data.into_iter().map(|listed| format!("`{}`", listed.id)).collect();
        let listed = if listed.is_empty() {
            "nothing".to_owned()
        } else {
            listed.into_iter().collect::<Vec<_>>().join(", ")
        };
        Err(ServerError::OtherModel { program: self.engine.name(), wanted, listed })
    }

    fn ended(&self, when: &'static str, status: Arc<str>, log: &ServerLog) -> ServerError {
        if self.is_closed.load(Ordering::SeqCst) {
            return ServerError::Closed { program: self.engine.name() };
        }
        ServerError::Ended { program: self.engine.name(), when, status, quote: quote(log) }
    }

    fn ended_in_the_middle(&self, status: Arc<str>, log: &ServerLog) -> AskError {
        AskError::Server(Arc::new(self.ended("while it was needed", status, log)))
    }
}

#[async_trait]
impl Provider for Managed {
    async fn ready(&self) -> Result<(), AskError> {
        self.running().await.map(drop)
    }

    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let Running { provider, process, log } = self.running().await?;
        let result = tokio::select! {
            biased;
            result = provider.ask(query) => result,
            status = process.ended() => return Err(self.ended_in_the_middle(status, log)),
        };
        match result {
            Err(
                error @ (AskError::Connection { .. }
                | AskError::Truncated { .. }
                | AskError::CutStream { .. }),
            ) => match timeout(NEWS_TIME, process.ended()).await {
                Ok(status) => Err(self.ended_in_the_middle(status, log)),
                Err(_) => Err(error),
            },
            result => result,
        }
    }

    fn most_samples(&self) -> u32 {
        match self.api {
            Api::Chat => OpenAi::MOST_SAMPLES,
            Api::Completions => OpenAiCompletions::MOST_SAMPLES,
        }
    }

    fn one_seed_a_request(&self) -> bool {
        true
    }

    fn additions(&self, query: &Query) -> Additions {
        match self.api {
            Api::Chat => query.additions(&Addition::ALL),
            Api::Completions => query.additions(&OpenAiCompletions::ADDITIONS),
        }
    }

    fn identity(&self) -> Option<Identity> {
        // Its port differs each time, and is left out. The model's name alone says too little of what it is.
        let version = self.version.as_ref()?;
        let arguments = Value::from(self.settings.arguments.clone());
        let address = format!("{} {version} {arguments}", self.engine.name());
        Some(Identity { model: self.spec.to_string(), address })
    }

    fn setup(&self) -> Map<String, Value> {
        let mut setup = Map::new();
        setup.insert("server".to_owned(), json!(self.engine.name()));
        setup.insert("version".to_owned(), json!(self.version));
        setup.insert("arguments".to_owned(), json!(self.settings.arguments));
        setup
    }

    fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        let process = lock(&self.process).take();
        if let Some(process) = process {
            process.end();
        }
    }
}

impl Drop for Managed {
    fn drop(&mut self) {
        self.close();
    }
}

/// The version that the program reports; `None` if it does not.
fn version(program: &Program, logs: &Path) -> Result<Option<String>, OpenError> {
    let invocation = program.version();
    let can_not = |source| OpenError::Program { command: command_line(&invocation), source };
    let path = logs.join(format!("version-{}.log", std::process::id()));
    let log = Arc::new(ServerLog::create(path.clone(), Key::random().map_err(can_not)?).map_err(can_not)?);
    let started = Supervised::start(&invocation, Arc::clone(&log));
    let status = started.map(|process| process.wait(VERSION_TIME));
    let _ = std::fs::remove_file(path); // what matters of it is known
    let is_fine = status.map_err(can_not)?.is_some_and(|status| &*status == "exit status: 0");
    if !is_fine && program.is_python() {
        return Err(program.missing());
    }
    Ok(engine::version_in(&log.last_lines()).filter(|_| is_fine))
}

/// A port that nobody listens on.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn command_line(invocation: &Invocation) -> String {
    let words: Vec<_> = invocation.words.iter().map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

fn quote(log: &ServerLog) -> Quote {
    Quote { path: log.path().to_owned(), lines: log.last_lines() }
}

/// A model's name as a part of a file's name.
fn slug(model: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_');
    let text: String =
        model.chars().map(|character| if plain(character) { character } else { '-' }).collect();
    let start = text.char_indices().rev().nth(99).map_or(0, |(start, _)| start);
    text[start..].trim_matches(['-', '.']).to_owned()
}
