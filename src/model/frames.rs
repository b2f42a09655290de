//! What Karat and a worker tell each other over pipes: frames of `MessagePack`, each with its length before it.
//!
//! Both sides check what they read: a worker runs a library that a damaged file can lead astray, and the other end of a
//! pipe may be another program.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::device::{Backend, DeviceReport};
use super::engine::{EngineConfig, ModelInfo};
use super::library::parameters::TokenId;
use super::sampling::{SampleKey, Sampling};
use super::text::Stops;

pub use super::prompt::{PromptPart, PromptText};

/// The longest frame, in bytes.
pub const LONGEST_FRAME: usize = 64 << 20;

/// The number of a request.
pub type RequestId = u64;

/// A message to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Which devices of a kind are there? The first and only message of a worker that loads no model, with the
    /// library's folder.
    Probe(PathBuf, Backend),
    /// How many tokens do prompts have? The first and only message of a worker that loads only a vocabulary.
    Count(CountTask),
    /// Load a model. The first message of every other worker.
    Load(EngineConfig),
    /// Complete a prompt.
    Complete(RequestId, CompletionTask),
    /// How likely is a text behind a prompt?
    Score(RequestId, ScoreTask),
    /// Nobody waits for this request any longer.
    Cancel(RequestId),
}

/// A message from a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromWorker {
    /// What was found.
    Devices(DeviceReport),
    /// How many tokens each prompt has.
    Counted(Vec<u32>),
    /// How much of the model is loaded, from 0 to 1.
    Loading(f32),
    /// The model is there.
    Loaded(Box<ModelInfo>),
    /// The worker can not work at all, for this reason; it ends.
    Failed(String),
    /// One completion of a request, by the index of its key.
    Completed(RequestId, u32, GeneratedText),
    /// All log-probabilities of a text.
    Scored(RequestId, Score),
    /// A request that can not be answered; the others can.
    Refused(RequestId, RequestError),
}

impl FromWorker {
    /// The request that a message is about.
    pub fn request(&self) -> Option<RequestId> {
        match self {
            FromWorker::Completed(request, ..)
            | FromWorker::Scored(request, _)
            | FromWorker::Refused(request, _) => Some(*request),
            _ => None,
        }
    }
}

/// Prompts whose tokens are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountTask {
    /// The folder with the library's files.
    pub library: PathBuf,
    /// The model's file.
    pub model: PathBuf,
    /// The prompts.
    pub prompts: Vec<PromptText>,
}

/// A prompt to complete, once for each key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompletionTask {
    /// The text before the completion.
    pub prompt: PromptText,
    /// The keys of each completion's random numbers.
    pub keys: Vec<SampleKey>,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// The texts that end a completion early.
    pub stops: Stops,
    /// The most tokens of a completion.
    pub most_tokens: u32,
    /// Whether the log-probabilities of tokens are wanted, and of how many alternatives at each place.
    pub log_probabilities: Option<u8>,
}

/// A text to rate behind a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreTask {
    /// The text before it.
    pub prompt: PromptText,
    /// The text that is rated.
    pub text: String,
}

/// Why a completion ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finish {
    /// The model ended it, or a stop string came.
    Stop,
    /// It has as many tokens as it may.
    Length,
}

/// One completion, as it was generated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneratedText {
    /// Its text, without the stop string.
    pub text: String,
    /// Why it ended.
    pub finish: Finish,
    /// How many tokens its prompt has.
    pub prompt_tokens: u32,
    /// How many tokens were generated, including one that ended it.
    pub tokens: u32,
    /// The log-probabilities of the text's tokens, if they are wanted.
    pub log_probabilities: Option<Vec<TokenRating>>,
}

/// A token's log-probability, by the model's own distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenRating {
    /// The token.
    pub token: TokenId,
    /// Its bytes, which need not be whole characters.
    #[serde(with = "bytes")]
    pub bytes: Vec<u8>,
    /// The natural logarithm of its probability.
    pub log_probability: f64,
    /// The likeliest tokens at its place, the likeliest first.
    pub likeliest: Vec<TokenChance>,
}

/// A token that the model could have chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenChance {
    /// The token.
    pub token: TokenId,
    /// Its bytes.
    #[serde(with = "bytes")]
    pub bytes: Vec<u8>,
    /// The natural logarithm of its probability.
    pub log_probability: f64,
}

/// How likely a text is, token by token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// How many tokens the prompt has.
    pub prompt_tokens: u32,
    /// The text's tokens.
    pub tokens: Vec<TokenRating>,
}

/// Why a request can not be answered. Each message says what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum RequestError {
    /// The prompt leaves no room.
    #[error(
        "the prompt has {tokens} tokens, and {most} fit, with at least one of a completion; give a longer context, or \
         shorten the prompt"
    )]
    TooLong {
        /// How many it has.
        tokens: u64,
        /// How many fit.
        most: u64,
    },
    /// There is nothing to continue.
    #[error("the prompt has no token; a model continues at least one")]
    Empty,
    /// The model gave no numbers, say.
    #[error(transparent)]
    Sampling(#[from] super::sampling::SamplingError),
    /// The request asks for nothing, or for too much.
    #[error("{0}")]
    Request(String),
}

/// Why bytes are no frame.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The pipe failed, or ended within a frame.
    #[error(transparent)]
    Pipe(#[from] io::Error),
    /// It is too long.
    #[error("a message of {0} bytes, where {LONGEST_FRAME} are the most")]
    TooLong(usize),
    /// Its content is something else.
    #[error("a message that is none ({0})")]
    Content(String),
}

/// A message as a frame.
///
/// # Errors
///
/// When it is too long.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, FrameError> {
    let mut frame = vec![0; 4];
    rmp_serde::encode::write_named(&mut frame, message)
        .map_err(|error| FrameError::Content(error.to_string()))?;
    let length = frame.len() - 4;
    if length > LONGEST_FRAME {
        return Err(FrameError::TooLong(length));
    }
    frame[..4].copy_from_slice(&(length as u32).to_le_bytes());
    Ok(frame)
}

/// The length in a frame's first four bytes.
///
/// # Errors
///
/// When it is too long.
pub fn length(head: [u8; 4]) -> Result<usize, FrameError> {
    let length = u32::from_le_bytes(head) as usize;
    if length > LONGEST_FRAME { Err(FrameError::TooLong(length)) } else { Ok(length) }
}

/// The message in a frame's content.
///
/// # Errors
///
/// When it holds something else, or something more.
pub fn decode<T: DeserializeOwned>(content: &[u8]) -> Result<T, FrameError> {
    let mut rest = content;
    // Nesting is bounded by the types, none of which holds itself.
    let message =
        rmp_serde::decode::from_read(&mut rest).map_err(|error| FrameError::Content(error.to_string()))?;
    if rest.is_empty() { Ok(message) } else { Err(FrameError::Content("bytes behind its end".to_owned())) }
}

/// Reads a message; `None` at the end of the pipe.
///
/// # Errors
///
/// When the pipe fails, or what comes is no message.
pub fn read<T: DeserializeOwned>(pipe: &mut impl Read) -> Result<Option<T>, FrameError> {
    let mut head = [0; 4];
    let mut filled = 0;
    while filled < head.len() {
        match pipe.read(&mut head[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let length = length(head)?;
    let mut content = Vec::new();
    // The buffer grows with what arrives, not with what the length promises.
    if pipe.take(length as u64).read_to_end(&mut content)? < length {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    decode(&content).map(Some)
}

/// Writes a message.
///
/// # Errors
///
/// When it is too long, or the pipe fails.
pub fn write<T: Serialize>(pipe: &mut impl Write, message: &T) -> Result<(), FrameError> {
    pipe.write_all(&encode(message)?)?;
    Ok(pipe.flush()?)
}

/// Serialises bytes as such, rather than as a list of numbers.
mod bytes {
    use std::fmt;

    use serde::de::{SeqAccess, Visitor};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;

        impl<'de> Visitor<'de> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<u8>, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = items.next_element()? {
                    bytes.push(byte);
                }
                Ok(bytes)
            }
        }

        deserializer.deserialize_byte_buf(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::device::{CpuCode, DeviceName};

    fn task() -> CompletionTask {
        CompletionTask {
            prompt: PromptText::new("def f(x):\n", true, false),
            keys: vec![SampleKey(1), SampleKey(u64::MAX)],
            sampling: Sampling { top_k: Some(40), ..Sampling::default() },
            stops: Stops::try_from(vec!["\nclass".to_owned()]).unwrap(),
            most_tokens: 512,
            log_probabilities: Some(2),
        }
    }

    fn messages() -> Vec<ToWorker> {
        let config = EngineConfig {
            library: "/lib".into(),
            model: "/a model.gguf".into(),
            device: DeviceName::Vulkan(1),
            cpu: CpuCode::Avx2,
            gpu_layers: Some(3),
            slots: 16,
            context: 1024,
            flash_attention: true,
            companion: true,
            holder: true,
        };
        let score = ScoreTask { prompt: task().prompt, text: "x".to_owned() };
        vec![
            ToWorker::Probe("/lib".into(), Backend::Vulkan),
            ToWorker::Load(config),
            ToWorker::Complete(7, task()),
            ToWorker::Score(8, score),
            ToWorker::Cancel(u64::MAX),
        ]
    }

    fn answers() -> Vec<FromWorker> {
        let chance = TokenChance { token: 5, bytes: vec![0xff, 0], log_probability: -0.25 };
        let rating =
            TokenRating { token: 4, bytes: b"ab".to_vec(), log_probability: -1.5, likeliest: vec![chance] };
        let completion = GeneratedText {
            text: "漢".to_owned(),
            finish: Finish::Length,
            prompt_tokens: 3,
            tokens: 1,
            log_probabilities: Some(vec![rating.clone()]),
        };
        vec![
            FromWorker::Devices(DeviceReport { backend: Backend::Cuda, devices: Err("none".to_owned()) }),
            FromWorker::Loading(0.5),
            FromWorker::Failed("why".to_owned()),
            FromWorker::Completed(7, 1, completion),
            FromWorker::Scored(8, Score { prompt_tokens: 2, tokens: vec![rating] }),
            FromWorker::Refused(9, RequestError::TooLong { tokens: 5000, most: 1023 }),
        ]
    }

    #[test]
    fn messages_come_as_they_went() {
        let mut pipe = Vec::new();
        messages().iter().for_each(|message| write(&mut pipe, message).unwrap());
        let mut pipe = &pipe[..];
        for message in messages() {
            assert_eq!(read(&mut pipe).unwrap(), Some(message));
        }
        assert!(matches!(read::<ToWorker>(&mut pipe), Ok(None)));
        for answer in answers() {
            let frame = encode(&answer).unwrap();
            assert_eq!(read(&mut &frame[..]).unwrap(), Some(answer));
        }
    }

    #[test]
    fn what_is_no_frame_is_an_error() {
        let frame = encode(&messages()[2]).unwrap();
        for length in 1..frame.len() {
            assert!(read::<ToWorker>(&mut &frame[..length]).is_err(), "{length}");
        }
        assert!(matches!(read::<ToWorker>(&mut &b"\xff\xff\xff\xffabc"[..]), Err(FrameError::TooLong(_))));
        assert!(matches!(read::<FromWorker>(&mut &frame[..]), Err(FrameError::Content(_))));
        let longer = [&frame[4..], b"\xc0"].concat();
        assert!(matches!(decode::<ToWorker>(&longer), Err(FrameError::Content(_))));
        // A list that says it is longer than memory.
        assert!(decode::<Vec<u64>>(b"\xdd\xff\xff\xff\xff").is_err());
        let too_many = Vec::from_iter(std::iter::repeat_n("x", 100));
        assert!(decode::<Stops>(&rmp_serde::to_vec(&too_many).unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode::<ToWorker>(&bytes);
            let _ = decode::<FromWorker>(&bytes);
            let _ = read::<FromWorker>(&mut &bytes[..]);
        }

        #[test]
        fn no_changed_byte_panics(which in 0_usize..6, at: prop::sample::Index, byte: u8) {
            let mut frame = encode(&answers()[which]).unwrap();
            let at = at.index(frame.len());
            frame[at] = byte;
            let _ = read::<FromWorker>(&mut &frame[..]);
        }
    }
}
