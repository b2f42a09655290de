//! Why a request brought no answer.

mod built_in;
mod managed;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::model::pool::ModelError;
use crate::shown::{shown, shown_text};

pub(super) use built_in::{FormError, SettingError};
pub(super) use managed::{Quote, ServerError};

/// Why a request brought no answer, and, by [`is_retryable`](AskError::is_retryable), whether to try again.
///
/// No message holds a key; a server's words are cut to a few hundred characters.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The server said that it can not answer now: status 408, 409, 429, 5xx.
    #[error("the server is not able to answer now (status {status}): {}", shown_text(message))]
    Busy {
        /// The HTTP status, or the code in the body where an error came under status 200.
        status: u16,
        /// The server's words.
        message: String,
        /// How long the server asked to wait.
        retry_after: Option<Duration>,
    },
    /// The server refuses: any other status. Also a 429 that says that the account is out of money.
    #[error("the server refuses (status {status}): {}", shown_text(message))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The server's words.
        message: String,
    },
    /// The server or the model does not give several answers to one request.
    #[error("the server gives one answer a request only: {}", shown_text(message))]
    OneAtATime {
        /// The server's words.
        message: String,
    },
    /// There was no answer within the time limit of a request.
    #[error("no answer within {:.0} s; --request-timeout allows more", limit.as_secs_f64())]
    Timeout {
        /// The time limit.
        limit: Duration,
    },
    /// There is no connection, or it broke before the answer began.
    #[error("no connection: {}{}", shown_text(message), if *refused { "; nobody listens there" } else { "" })]
    Connection {
        /// What the system said.
        message: String,
        /// Whether nobody listens at the address.
        refused: bool,
    },
    /// The connection broke within the answer's body.
    #[error("the answer broke off: {}", shown_text(message))]
    Truncated {
        /// What the system said.
        message: String,
    },
    /// A stream of events ended without the event that ends it.
    #[error("the stream ended before the answer did, after {events} events")]
    CutStream {
        /// How many events came.
        events: u64,
    },
    /// By its content type, the answer is neither JSON nor a stream of events.
    #[error(
        "the answer is {}, not JSON; is the address an API's? It begins: {}",
        shown(found),
        shown_text(start)
    )]
    ContentType {
        /// The content type, or "of no type".
        found: String,
        /// How the body begins.
        start: String,
    },
    /// The answer is not JSON, although its content type says so.
    #[error("the answer is not valid JSON ({}); it begins: {}", shown(message), shown_text(start))]
    InvalidJson {
        /// What the parser said.
        message: String,
        /// How the body begins.
        start: String,
    },
    /// The answer is larger than any real one.
    #[error("the answer is longer than {limit} bytes, the most that is read")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// The answer has more values in it than any real one.
    #[error("the answer holds more than {limit} values beside its text, the most that is read")]
    TooManyValues {
        /// The limit.
        limit: usize,
    },
    /// The answer has no choices in it.
    #[error("the server sent no choices")]
    NoChoices,
    /// The answer has no text, although the model is said to be done.
    #[error("the server sent an empty answer and says that it is whole")]
    Empty,
    /// The server says, under status 200, that it could not finish the answer.
    #[error("the server gave the answer up ({})", shown(reason))]
    GivenUp {
        /// What it calls the reason.
        reason: String,
    },
    /// The model refused to answer, and said nothing else.
    #[error("the model refused to answer: {}", shown_text(reason))]
    Declined {
        /// What the server calls the reason.
        reason: String,
    },
    /// A filter kept the answer back, or refused the prompt.
    #[error("a filter kept the answer back: {}", shown_text(reason))]
    ContentFilter {
        /// What the server calls the reason.
        reason: String,
    },
    /// A samples file has fewer answers to the task than asked for.
    #[error("{} has {available} answers to this task, and this would be answer {wanted}", shown(file))]
    NotInFile {
        /// The file of samples.
        file: String,
        /// How many there are.
        available: usize,
        /// Which was asked for, from 1.
        wanted: u64,
    },
    /// The problem has no reference solution.
    #[error("the problem has no reference solution in its language")]
    NoReference,
    /// The command ended with another status than 0, or by a signal.
    #[error("the command failed ({status}); it wrote {}", to_standard_error(message))]
    CommandFailed {
        /// How it ended, in the system's words.
        status: String,
        /// The end of what it wrote to standard error.
        message: String,
    },
    /// A file or program that is needed to ask can not be started or read.
    #[error("{}", shown_text(action))]
    Local {
        /// What failed.
        action: String,
        /// What the system said.
        source: io::Error,
    },
    /// The built-in model does not answer.
    #[error(transparent)]
    Model(ModelError),
    /// The question can not be made into a text for the built-in model.
    #[error(transparent)]
    Form(FormError),
    /// The built-in model can not answer with these settings.
    #[error(transparent)]
    Setting(SettingError),
    /// A server that Karat starts did not get ready, or has ended.
    #[error("{}", shown_text(_0))]
    Server(Arc<ServerError>),
}

/// The words of a message that have no digits.
fn without_numbers(message: &str) -> String {
    let words = message.split_whitespace().filter(|word| !word.bytes().any(|byte| byte.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

/// What a command wrote, for its error.
fn to_standard_error(message: &str) -> String {
    match message.trim() {
        "" => "nothing to standard error".to_owned(),
        words => format!("to standard error: {}", shown_text(words)),
    }
}

/// Whether a request failed since nobody listens at its address.
pub(super) fn is_refused(error: &dyn std::error::Error) -> bool {
    let mut causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.any(|cause| {
        let cause = cause.downcast_ref::<io::Error>();
        cause.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    })
}

impl AskError {
    /// Whether nobody listens at the address: where nobody ever did, waiting long is of no use.
    pub fn is_refused_connection(&self) -> bool {
        matches!(self, AskError::Connection { refused: true, .. })
    }

    /// Whether the same request may be answered when it is sent again.
    pub fn is_retryable(&self) -> bool {
        match self {
            AskError::Busy { .. }
            | AskError::Timeout { .. }
            | AskError::Connection { .. }
            | AskError::Truncated { .. }
            | AskError::CutStream { .. }
            // A gateway's page for people, sent in place of an answer.
            | AskError::ContentType { .. }
            | AskError::InvalidJson { .. }
            | AskError::NoChoices
            | AskError::Empty
            | AskError::GivenUp { .. }
            // The process is started again.
            | AskError::Model(ModelError::Died { .. }) => true,
            AskError::Refused { .. }
            | AskError::OneAtATime { .. }
            | AskError::TooLong { .. }
            | AskError::TooManyValues { .. }
            | AskError::ContentFilter { .. }
            | AskError::Declined { .. }
            | AskError::NotInFile { .. }
            | AskError::NoReference
            | AskError::CommandFailed { .. }
            | AskError::Local { .. } => false,
            AskError::Server(_) | AskError::Model(_) | AskError::Form(_) | AskError::Setting(_) => false,
        }
    }

    /// Whether every other request would fail in the same way: a wrong key, no money, no such model, a command that can
    /// not be started.
    pub fn concerns_all(&self) -> bool {
        match self {
            AskError::Refused { status, .. } => matches!(status, 401 | 402 | 403 | 404 | 429),
            AskError::Local { .. } => true,
            AskError::Server(_) | AskError::Form(_) | AskError::Setting(_) => true,
            AskError::Model(error) => !matches!(error, ModelError::Died { .. } | ModelError::Refused(_)),
            _ => false,
        }
    }

    /// How often a request that fails in this way is sent at most, whatever else is set. A model that ends its answer
    /// at once may do so each time, and each attempt is paid for.
    pub fn most_attempts(&self) -> u32 {
        match self {
            AskError::Empty => 4,
            _ => u32::MAX,
        }
    }

    /// The refusal of a request, in a form by which it is recognised again: the status and the words, except those with
    /// digits, which count something or name the request. Some servers refuse with a status that means a failure of
    /// their own.
    pub fn refusal(&self) -> Option<String> {
        let (status, message) = match self {
            AskError::Refused { status, message } | AskError::Busy { status: status @ 500, message, .. } => {
                (*status, message)
            }
            AskError::OneAtATime { message } => (400, message),
            _ => return None,
        };
        Some(format!("{status} {}", without_numbers(message)))
    }

    /// The failure of a request, in a form by which it is recognised again, if all other requests may fail in the same
    /// way: the request is refused, or, after all attempts, the server is not there or gives no answer that can be
    /// read. `None` for failures that may concern this prompt alone.
    pub fn failure_of_all(&self) -> Option<String> {
        self.refusal().or_else(|| match self {
            AskError::Busy { status, message, .. } => Some(format!("{status} {}", without_numbers(message))),
            AskError::Connection { .. }
            | AskError::ContentType { .. }
            | AskError::InvalidJson { .. }
            | AskError::NoChoices
            | AskError::Timeout { .. } => Some(without_numbers(&self.to_string())),
            _ => None,
        })
    }

    /// Whether the server may have refused something of the request that it can do without.
    pub fn may_be_of_an_addition(&self) -> bool {
        match self {
            AskError::OneAtATime { .. } | AskError::Busy { status: 500, .. } => true,
            AskError::Refused { status, .. } => matches!(status, 400 | 405 | 406 | 415 | 422 | 501),
            _ => false,
        }
    }

    /// How long the server asked to wait before another try.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            AskError::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether it asks everyone to slow down.
    pub fn is_throttling(&self) -> bool {
        match self {
            AskError::Busy { status, retry_after, .. } => *status == 429 || retry_after.is_some(),
            _ => false,
        }
    }
}
