//! Which model is asked, and where: [`ModelSpec`], as the user writes it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::shown::shown;

/// The form of the requests that a server takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Api {
    /// Chat completions: messages in, a message out.
    #[default]
    Chat,
    /// Plain completions: a text in, its continuation out. For base models.
    Completions,
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

/// The address of an API: http or https, without user, query or fragment, and without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerAddress(Url);

/// Why a text names no model. No message repeats an address, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelSpecError {
    /// It begins with nothing known.
    #[error(
        "`{}` is the start of no model's name; give openai:gpt-5, openai-completions:davinci-002, anthropic:claude-sonnet-4-5, \
         gemini:gemini-2.5-pro, http://localhost:8000/v1#NAME for any server with OpenAI's API, replay:samples.jsonl, \
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

/// Why an address is not usable. No message repeats it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It can not be parsed.
    #[error("the address is not one ({}); give http://HOST:PORT/v1, or https", shown(_0))]
    NotAnAddress(String),
    /// It is neither http nor https.
    #[error("the address is neither http nor https; give http://HOST:PORT/v1")]
    Scheme,
    /// It holds a user name or a password.
    #[error(
        "the address holds a user name or a password, which would end up in records; take it out, and give the key \
         in the environment (KARAT_API_KEY for a server of your own)"
    )]
    Secret,
    /// It holds a query other than `api`.
    #[error(
        "the address has a query that is not known; behind the ? there can only be api=chat or api=completions"
    )]
    Query,
}

impl ModelSpec {
    /// The model's name where it has one of its own.
    pub fn name(&self) -> Option<&str> {
        match self {
            ModelSpec::OpenAi { name, .. }
            | ModelSpec::Anthropic { name }
            | ModelSpec::Gemini { name }
            | ModelSpec::Server { name, .. } => Some(name),
            ModelSpec::Replay { .. } | ModelSpec::Reference | ModelSpec::Command { .. } => None,
        }
    }

    /// Whether it is asked over the network, so that limits, retries and prices apply.
    pub fn is_remote(&self) -> bool {
        self.name().is_some()
    }

    /// Whether it continues a text rather than answering a message.
    pub fn continues_text(&self) -> bool {
        matches!(
            self,
            ModelSpec::OpenAi { api: Api::Completions, .. } | ModelSpec::Server { api: Api::Completions, .. }
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

impl ServerAddress {
    /// The address of a path of the API: `chat/completions`, say.
    pub fn join(&self, path: &str) -> String {
        format!("{self}/{path}")
    }

    /// Whether the connection is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it is on this machine, so that no proxy can lead there.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

impl FromStr for ServerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).map_err(|error| AddressError::NotAnAddress(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Secret);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Query);
        }
        Ok(ServerAddress(url))
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_kind_is_read_and_given_back() {
        for text in [
            "openai:gpt-5",
            "openai:ft:gpt-4.1:acme:name:id",
            "openai-completions:davinci-002",
            "anthropic:claude-sonnet-4-5",
            "gemini:gemini-2.5-pro",
            "http://localhost:8000/v1#Qwen2.5-Coder-7B",
            "https://models.example/v1#Qwen/Qwen2.5-Coder-7B",
            "http://[::1]:8000#a#b",
            "http://localhost:8000/v1?api=completions#base",
            "replay:some folder/samples.jsonl",
            "reference",
            "command:./my-model.sh --flag 'a b'",
        ] {
            let spec: ModelSpec = text.parse().unwrap();
            assert_eq!(spec.to_string(), text);
            assert_eq!(serde_json::to_string(&spec).unwrap(), serde_json::to_string(text).unwrap());
            assert_eq!(
                serde_json::from_str::<ModelSpec>(&serde_json::to_string(&spec).unwrap()).unwrap(),
                spec
            );
        }
        let with_slash: ModelSpec = "http://HOST:80/v1/?api=chat#m".parse().unwrap();
        assert_eq!(with_slash.to_string(), "http://host/v1#m");
        assert!("openai-completions:m".parse::<ModelSpec>().unwrap().continues_text());
        assert!(!with_slash.continues_text() && with_slash.is_remote());
        assert!(!ModelSpec::Reference.is_remote());
    }

    #[test]
    fn errors_say_what_is_allowed() {
        let error = |text: &str| text.parse::<ModelSpec>().unwrap_err().to_string();
        assert!(error("gpt-5").contains("openai:gpt-5"));
        assert!(error("mistral:large").contains("http://localhost:8000/v1#NAME"));
        assert!(error("openai:").contains("as in openai:gpt-5"));
        assert!(error("anthropic: claude").contains("right behind the colon"));
        assert!(error("replay:").contains("replay:samples.jsonl"));
        assert!(error("command: ").contains("command:./my-model.sh"));
        assert!(error("http://localhost:8000/v1").contains("behind a #"));
        assert!(error("http://localhost:8000/v1#").contains("behind a #"));
        assert!(error("http://localhost:port/v1#m").contains("port"));
    }

    #[test]
    fn an_address_with_a_secret_is_refused_without_repeating_it() {
        for text in [
            "https://user:hunter2@host/v1#m",
            "https://hunter2@host/v1#m",
            "https://host/v1?api_key=hunter2#m",
            "https://host/v1?api=chat&key=hunter2#m",
            "https://host:hunter2/v1#m",
            "https://hunter2@host/v1",
            "ftp://user:hunter2@host/v1#m",
        ] {
            let error = text.parse::<ModelSpec>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn loopback_is_told_from_the_network() {
        let is_loopback = |text: &str| text.parse::<ServerAddress>().unwrap().is_loopback();
        assert!(
            is_loopback("http://localhost:1/v1")
                && is_loopback("http://127.0.0.9")
                && is_loopback("http://[::1]")
        );
        assert!(!is_loopback("http://localhost.example") && !is_loopback("https://10.0.0.1"));
    }

    proptest! {
        #[test]
        fn what_is_read_is_given_back_in_one_form(text in "(openai:|gemini:|https?://[a-z]{1,5}(:[0-9]{1,4})?(/[a-z]{0,3})?(\\?api=(chat|completions))?#|replay:|command:)\\PC{0,12}") {
            if let Ok(spec) = text.parse::<ModelSpec>() {
                let given_back = spec.to_string();
                prop_assert_eq!(given_back.parse::<ModelSpec>().unwrap(), spec);
            }
        }
    }
}
