//! Who answers: the [`Provider`] trait, and one file for each kind.
//!
//! | file | what it speaks | from the environment |
//! | --- | --- | --- |
//! | `open_ai` | OpenAI's chat completions | `OPENAI_BASE_URL`, `OPENAI_API_KEY` |
//! | `open_ai_completions` | OpenAI's plain completions | the same |
//! | `anthropic` | Anthropic's messages | `ANTHROPIC_BASE_URL`, `ANTHROPIC_API_KEY` |
//! | `gemini` | Google's `generateContent` | `GEMINI_BASE_URL`, `GEMINI_API_KEY` or `GOOGLE_API_KEY` |
//! | `built_in` | nothing over the network: it runs models itself | nothing |
//! | `managed` | what the server speaks that it starts | `KARAT_VLLM`, `KARAT_SGLANG`, `KARAT_LLAMA_SERVER` |
//! | `replay`, `reference`, `command` | nothing over the network | nothing |
//!
//! A server that is named by its address gets `KARAT_API_KEY`, if that is set, and never another key.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::left_out::Additions;
use super::model_spec::{AddressError, Api, ModelSpec, ServerAddress};
use super::query::{Query, RawAnswer};
use super::samples::SampleError;
use crate::child;
use crate::problem::ProblemSet;
use crate::problem::locate::recorded;
use crate::shown::shown;

mod anthropic;
pub mod built_in;
mod choices;
mod command;
mod error;
mod events;
mod fault;
mod gemini;
mod http;
mod kept;
mod key;
pub mod managed;
mod mend;
mod open_ai;
mod open_ai_completions;
mod reference;
mod replay;

pub use anthropic::Anthropic;
pub use command::Command;
pub use error::AskError;
pub use gemini::Gemini;
pub use key::{Key, KeyError};
pub use open_ai::OpenAi;
pub use open_ai_completions::OpenAiCompletions;
pub use reference::Reference;
pub use replay::Replay;

use http::Server;
use managed::{Managed, ServerSettings};

/// Who answers queries.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Waits until questions can be asked, for as long as that takes: a server may have to be started first. It is
    /// called before each request.
    ///
    /// # Errors
    ///
    /// When there will be no answers.
    async fn ready(&self) -> Result<(), AskError> {
        Ok(())
    }

    /// Sends one request for the samples of the query, in order. The reply holds at least one answer and at most as
    /// many as asked for; if there are fewer, these are the first ones, and the rest can be asked for again.
    ///
    /// Dropping the future ends the request: a command is killed.
    ///
    /// # Errors
    ///
    /// When no sample was answered. Nothing is retried here.
    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError>;

    /// How many samples of a task one request can ask for.
    fn most_samples(&self) -> u32 {
        1
    }

    /// Whether a request has one seed, so that the seeds of several samples need as many requests.
    fn one_seed_a_request(&self) -> bool {
        false
    }

    /// What its request for a query would have in it besides what the user asks for, and can do without.
    fn additions(&self, _query: &Query) -> Additions {
        Additions::default()
    }

    /// The key under which its answers are cached, where the same question always means the same: not for files and
    /// commands, which change.
    fn identity(&self) -> Option<Identity>;

    /// What else its answers depend on, for the run's record: versions, options. Never a key, and nothing that differs
    /// between two runs of the same thing.
    fn setup(&self) -> Map<String, Value> {
        Map::new()
    }

    /// What it uses for its answers, for the run's record: devices, processes. Its answers do not depend on that.
    fn resources(&self) -> Map<String, Value> {
        Map::new()
    }

    /// How many requests at once it can make use of, if it knows.
    fn concurrency(&self) -> Option<usize> {
        None
    }

    /// Whether questions wait in it for their turn, so that a time limit on one would depend on the others.
    fn queues(&self) -> bool {
        false
    }

    /// Ends what it started, and waits for that. Nothing can be asked afterwards.
    fn close(&self) {}
}

/// A model at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The model, as [`ModelSpec`] writes it.
    pub model: String,
    /// Where it is asked.
    pub address: String,
}

/// Why a model can not be asked at all. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no key.
    #[error("{} needs a key; put it in the environment as {variables}", shown(model))]
    NoKey {
        /// The model.
        model: String,
        /// Where keys are looked for.
        variables: String,
    },
    /// The key can not be one.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A variable that should hold an address does not.
    #[error("{variable}: {source}")]
    Address {
        /// The variable's name.
        variable: &'static str,
        /// What is wrong with it.
        source: AddressError,
    },
    /// The client for HTTP can not be made: there are no certificates to check servers against, say.
    #[error(
        "can not make ready for encrypted connections ({0}); SSL_CERT_FILE can name a file of certificates"
    )]
    Client(String),
    /// The samples file can not be read, or a line of it is no sample.
    #[error(transparent)]
    Samples(#[from] SampleError),
    /// The texts of the samples file can not be kept.
    #[error("can not keep the samples in a temporary file; is the disk full? (TMPDIR names another place)")]
    Spool(#[from] std::io::Error),
    /// The program that serves the model is not there.
    #[error(
        "there is no program `{}`; {installation}, and {variable} can name the program where it is elsewhere",
        shown(program)
    )]
    NoProgram {
        /// The program's name.
        program: String,
        /// How to get it.
        installation: &'static str,
        /// The variable that can name it.
        variable: &'static str,
    },
    /// The program is there, but can not be started.
    #[error("can not run `{}`", shown(command))]
    Program {
        /// The command line.
        command: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The model's file is not there.
    #[error("{}: there is no such file; give the path of a GGUF file", shown(path.display()))]
    NoModelFile {
        /// Where the model's file was looked for.
        path: PathBuf,
    },
    /// An option for the server is not the user's to set.
    #[error("-- {}: leave it out; {why}", shown(option))]
    ServerOption {
        /// The option, without its value.
        option: String,
        /// Why not.
        why: &'static str,
    },
    /// A model that runs here must be told what it will be asked.
    #[error(
        "{}: a model that Karat runs itself is opened with its questions, by `built_in::Opening`",
        shown(model)
    )]
    BuiltIn {
        /// The model.
        model: String,
    },
}

/// Makes the provider for a model. A server that has to be started is started with the usual settings.
///
/// # Errors
///
/// As [`open_with`].
pub fn open(
    spec: &ModelSpec,
    environment: &dyn Fn(&str) -> Option<String>,
    problems: &Arc<ProblemSet>,
) -> Result<Arc<dyn Provider>, OpenError> {
    open_with(spec, environment, problems, &ServerSettings::default())
}

/// Makes the provider for a model.
///
/// `environment` looks up variables, as [`std::env::var`] does. `problems` are the problems to be solved, for their
/// reference solutions.
///
/// # Errors
///
/// When a key or a program is missing, an address is wrong, or a file can not be read.
pub fn open_with(
    spec: &ModelSpec,
    environment: &dyn Fn(&str) -> Option<String>,
    problems: &Arc<ProblemSet>,
    servers: &ServerSettings,
) -> Result<Arc<dyn Provider>, OpenError> {
    let surroundings = Surroundings { spec, environment };
    Ok(match spec {
        ModelSpec::OpenAi { name, api } => {
            let address = surroundings.address("OPENAI_BASE_URL", "https://api.openai.com/v1")?;
            let key = surroundings.needed_key(child::OPEN_AI)?;
            let server = Server::new(address, Some(("authorization", "Bearer ", key)), &[])?;
            match api {
                Api::Chat => Arc::new(OpenAi::new(server, spec, name).with_max_completion_tokens()),
                Api::Completions => Arc::new(OpenAiCompletions::new(server, spec, name)),
            }
        }
        ModelSpec::Server { base, name, api } => {
            let key = Key::from_environment(environment, child::SERVER)?;
            let key = key.map(|key| ("authorization", "Bearer ", key));
            let server = Server::new(base.clone(), key, &[])?;
            match api {
                Api::Chat => Arc::new(OpenAi::new(server, spec, name)),
                Api::Completions => Arc::new(OpenAiCompletions::new(server, spec, name)),
            }
        }
        ModelSpec::Anthropic { name } => {
            let address = surroundings.address("ANTHROPIC_BASE_URL", "https://api.anthropic.com")?;
            let key = surroundings.needed_key(child::ANTHROPIC)?;
            let server = Server::new(
                address,
                Some(("x-api-key", "", key)),
                &[("anthropic-version", anthropic::VERSION)],
            )?;
            Arc::new(Anthropic::new(server, spec, name))
        }
        ModelSpec::Gemini { name } => {
            let address =
                surroundings.address("GEMINI_BASE_URL", "https://generativelanguage.googleapis.com")?;
            let key = surroundings.needed_key(child::GEMINI)?;
            let server = Server::new(address, Some(("x-goog-api-key", "", key)), &[])?;
            Arc::new(Gemini::new(server, spec, name))
        }
        ModelSpec::Managed { engine, name, api } => {
            Arc::new(Managed::open(spec, (*engine, name, *api), environment, servers)?)
        }
        ModelSpec::Gguf { .. } => return Err(OpenError::BuiltIn { model: spec.to_string() }),
        ModelSpec::Replay { path } => {
            let recorded = path.to_str().filter(|_| !path.exists()).and_then(recorded);
            Arc::new(Replay::open(recorded.as_deref().unwrap_or(path), problems)?)
        }
        ModelSpec::Reference => Arc::new(Reference::new(Arc::clone(problems))),
        ModelSpec::Command { line } => Arc::new(Command::new(line.clone())),
    })
}

/// What a model is opened with.
struct Surroundings<'a> {
    spec: &'a ModelSpec,
    environment: &'a dyn Fn(&str) -> Option<String>,
}

impl Surroundings<'_> {
    fn needed_key(&self, variables: &[&'static str]) -> Result<Key, OpenError> {
        Key::from_environment(self.environment, variables)?.ok_or_else(|| OpenError::NoKey {
            model: self.spec.to_string(),
            variables: variables.join(" or "),
        })
    }

    fn address(&self, variable: &'static str, default: &str) -> Result<ServerAddress, OpenError> {
        let set = (self.environment)(variable).filter(|text| !text.trim().is_empty());
        let text = set.as_deref().map_or(default, str::trim);
        text.parse().map_err(|source| OpenError::Address { variable, source })
    }
}
