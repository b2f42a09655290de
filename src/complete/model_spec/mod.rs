//! Which model is asked, and where: [`ModelSpec`], as the user writes it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::shown::shown;

mod address;
mod local;
mod title;

pub use address::{AddressError, ServerAddress};
pub use local::{GgufModel, ServerEngine};
pub use title::without_folders;

/// The form of the requests that a server takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Api {
    /// Chat completions: messages in, a message out.
    #[default]
    Chat,
    /// Plain completions: a text in, its continuation out. For base models.
    Completions,
}

impl Api {
    /// How a local model's text ends that is asked this way.
    fn suffix(self) -> &'static str {
        match self {
            Api::Chat => "",
            Api::Completions => "?api=completions",
        }
    }
}

/// A model and where it is, from text such as `openai:gpt-5`. `Display` gives the text back.
///
/// It never holds a key: an address with a user name, a password or unknown query fields is refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ModelSpec {
    /// `openai:NAME`, or `openai-completions:NAME` for plain completions.
    OpenAi {
        /// The model's name.
        name: String,
        /// What it is asked through.
        api: Api,
    },
    /// `anthropic:NAME`.
    Anthropic {
        /// The model's name.
        name: String,
    },
    /// `gemini:NAME`.
    Gemini {
        /// The model's name, without `models/`.
        name: String,
    },
    /// `http://HOST:PORT/v1#NAME`: a server that speaks OpenAI's protocol; with `?api=completions`, its plain
    /// completions.
    Server {
        /// The address that the protocol's paths are put behind.
        base: ServerAddress,
        /// The model's name, as the server calls it.
        name: String,
        /// What it is asked through.
        api: Api,
    },
    /// `gguf:FILE`, or `gguf:NAME` for a model that `karat models list` shows: the built-in engine. With
    /// `?api=completions` for base models.
    Gguf {
        /// Which one.
        model: GgufModel,
        /// What it is asked through.
        api: Api,
    },
    /// `vllm:NAME`, `sglang:NAME` or `llama-server:FILE`: a server that Karat starts and ends. With `?api=completions`
    /// for base models.
    Managed {
        /// Which program it is.
        engine: ServerEngine,
        /// The model as the program takes it: a name, a folder or a file.
        name: String,
        /// What it is asked through.
        api: Api,
    },
    /// `replay:FILE`: answers from a samples file.
    Replay {
        /// The file, or the folder of programs.
        path: PathBuf,
    },
    /// `reference`: each problem's reference solution.
    Reference,
    /// `command:LINE`: a command that gets the prompt on standard input and writes the answer to standard output.
    Command {
        /// The command line, for the shell.
        line: String,
    },
}

/// Why a text names no model. No message repeats an address, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelSpecError {
    /// It begins with nothing known.
    #[error(
        "`{}` is the start of no model's name; give openai:gpt-5, openai-completions:davinci-002, anthropic:claude-sonnet-4-5, \
         gemini:gemini-2.5-pro, http://localhost:8000/v1#NAME for any server with OpenAI's API, gguf:model.gguf, \
         vllm:ORG/NAME, sglang:ORG/NAME or llama-server:model.gguf for a server that Karat starts, replay:samples.jsonl, \
         reference, or command:./my-model.sh",
        shown(start)
    )]
    Unknown {
        /// What was given, up to a colon: what follows may be an address.
        start: String,
    },
    /// The kind is there, but nothing, or not a name, behind it.
    #[error("{kind}: needs {what} right behind the colon, as in {example}")]
    Incomplete {
        /// What stands before the colon.
        kind: &'static str,
        /// What is missing.
        what: &'static str,
        /// How it would look.
        example: &'static str,
    },
    /// What stands behind the `?` of a local model is not known.
    #[error("{kind}: behind the ? there can only be api=chat or api=completions")]
    Query {
        /// What stands before the colon.
        kind: &'static str,
    },
    /// An address without a model.
    #[error(
        "the address does not say which model; put its name, as the server calls it, behind a #, as in \
         http://localhost:8000/v1#Qwen2.5-Coder-7B"
    )]
    NoName,
    /// The address is not usable.
    #[error(transparent)]
    Address(#[from] AddressError),
}

impl ModelSpec {
    /// The model's name where it has one of its own.
    pub fn name(&self) -> Option<&str> {
        match self {
            ModelSpec::OpenAi { name, .. }
            | ModelSpec::Anthropic { name }
            | ModelSpec::Gemini { name }
            | ModelSpec::Server { name, .. }
            | ModelSpec::Managed { name, .. } => Some(name),
            ModelSpec::Gguf { model: GgufModel::Installed(name), .. } => Some(name),
            ModelSpec::Gguf { model: GgufModel::File(_), .. } => None,
            ModelSpec::Replay { .. } | ModelSpec::Reference | ModelSpec::Command { .. } => None,
        }
    }

    /// Whether it continues a text rather than answering a message.
    pub fn continues_text(&self) -> bool {
        matches!(
            self,
            ModelSpec::OpenAi { api: Api::Completions, .. }
                | ModelSpec::Server { api: Api::Completions, .. }
                | ModelSpec::Gguf { api: Api::Completions, .. }
                | ModelSpec::Managed { api: Api::Completions, .. }
        )
    }
}

impl FromStr for ModelSpec {
    type Err = ModelSpecError;

    fn from_str(text: &str) -> Result<Self, ModelSpecError> {
        if text == "reference" {
            return Ok(ModelSpec::Reference);
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            return server(text);
        }
        let unknown = |start: &str| ModelSpecError::Unknown { start: start.to_owned() };
        let (kind, rest) = text.split_once(':').ok_or_else(|| unknown(text))?;
        let name = |kind, example| {
            if is_name(rest) {
                Ok(rest.to_owned())
            } else {
                Err(ModelSpecError::Incomplete { kind, what: "a model's name", example })
            }
        };
        Ok(match kind {
            "openai" => ModelSpec::OpenAi { name: name("openai", "openai:gpt-5")?, api: Api::Chat },
            "openai-completions" => ModelSpec::OpenAi {
                name: name("openai-completions", "openai-completions:davinci-002")?,
                api: Api::Completions,
            },
            "anthropic" => ModelSpec::Anthropic { name: name("anthropic", "anthropic:claude-sonnet-4-5")? },
            "gemini" => ModelSpec::Gemini { name: name("gemini", "gemini:gemini-2.5-pro")? },
            "gguf" => {
                let (text, api) = with_api("gguf", rest)?;
                let model = GgufModel::parse(text).ok_or(ModelSpecError::Incomplete {
                    kind: "gguf",
                    what: "a file, or the name of a model that `karat models list` shows,",
                    example: "gguf:models/qwen.gguf or gguf:smollm2-135m",
                })?;
                ModelSpec::Gguf { model, api }
            }
            "vllm" | "sglang" | "llama-server" => {
                let engine = ServerEngine::from_name(kind).ok_or_else(|| unknown(kind))?;
                let (text, api) = with_api(engine.name(), rest)?;
                if !engine.takes(text) {
                    let (what, example) = engine.example();
                    return Err(ModelSpecError::Incomplete { kind: engine.name(), what, example });
                }
                ModelSpec::Managed { engine, name: text.to_owned(), api }
            }
            "replay" if rest.is_empty() => {
                let example = "replay:samples.jsonl";
                return Err(ModelSpecError::Incomplete { kind: "replay", what: "a file", example });
            }
            "replay" => ModelSpec::Replay { path: rest.into() },
            "command" if rest.trim().is_empty() => {
                let example = "command:./my-model.sh --flag";
                return Err(ModelSpecError::Incomplete { kind: "command", what: "a command line", example });
            }
            "command" => ModelSpec::Command { line: rest.to_owned() },
            _ => return Err(unknown(kind)),
        })
    }
}

/// The part before `#` is an address with perhaps `?api=`; the part behind it is taken as it is.
fn server(text: &str) -> Result<ModelSpec, ModelSpecError> {
    let (address, name) = text.split_once('#').ok_or(ModelSpecError::NoName)?;
    let (base, query) = address.split_once('?').unwrap_or((address, "api=chat"));
    let base = ServerAddress::from_str(base)?;
    let api = match query {
        "api=chat" => Api::Chat,
        "api=completions" => Api::Completions,
        _ => return Err(AddressError::Query.into()),
    };
    if !is_name(name) {
        return Err(ModelSpecError::NoName);
    }
    Ok(ModelSpec::Server { base, name: name.to_owned(), api })
}

/// A local model and what it is asked through: what stands behind the `?`.
fn with_api<'a>(kind: &'static str, text: &'a str) -> Result<(&'a str, Api), ModelSpecError> {
    match text.split_once('?') {
        None => Ok((text, Api::Chat)),
        Some((model, "api=chat")) => Ok((model, Api::Chat)),
        Some((model, "api=completions")) => Ok((model, Api::Completions)),
        _ => Err(ModelSpecError::Query { kind }),
    }
}

/// Names of models have no spaces and no control characters.
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|character| character.is_whitespace() || character.is_control())
}

impl fmt::Display for ModelSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModelSpec::OpenAi { name, api: Api::Chat } => write!(formatter, "openai:{name}"),
            ModelSpec::OpenAi { name, api: Api::Completions } => {
                write!(formatter, "openai-completions:{name}")
            }
            ModelSpec::Anthropic { name } => write!(formatter, "anthropic:{name}"),
            ModelSpec::Gemini { name } => write!(formatter, "gemini:{name}"),
            ModelSpec::Server { base, name, api: Api::Chat } => write!(formatter, "{base}#{name}"),
            ModelSpec::Server { base, name, api: Api::Completions } => {
                write!(formatter, "{base}?api=completions#{name}")
            }
            ModelSpec::Gguf { model, api } => write!(formatter, "gguf:{model}{}", api.suffix()),
            ModelSpec::Managed { engine, name, api } => {
                write!(formatter, "{}:{name}{}", engine.name(), api.suffix())
            }
            ModelSpec::Replay { path } => write!(formatter, "replay:{}", path.display()),
            ModelSpec::Reference => formatter.write_str("reference"),
            ModelSpec::Command { line } => write!(formatter, "command:{line}"),
        }
    }
}

impl From<ModelSpec> for String {
    fn from(spec: ModelSpec) -> String {
        spec.to_string()
    }
}

impl TryFrom<String> for ModelSpec {
    type Error = ModelSpecError;

    fn try_from(text: String) -> Result<Self, ModelSpecError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests;
