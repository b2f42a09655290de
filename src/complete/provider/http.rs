//! The part that all APIs over HTTP share: sending a request with a JSON body, reading JSON or a stream of events, and
//! telling the ways apart in which that fails.

use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::Value;
use tokio::sync::Semaphore;
use tracing::trace;

use super::OpenError;
use super::error::{AskError, is_refused};
use super::events::EventDecoder;
use super::fault;
use super::kept::{Keeper, UnreadJson};
use super::key::Key;
use crate::complete::model_spec::ServerAddress;
use crate::http_client;

/// How many characters of a server's words an error quotes.
const MOST_WORDS: usize = 400;

/// Larger than any answer: sixteen of 128,000 tokens, thinking included, take ten megabytes.
const LARGEST_BODY: usize = 32 << 20;

/// Larger than any answer with log probabilities: these take 100 to 400 bytes a token.
const LARGEST_WITH_LOGPROBS: usize = 64 << 20;

/// Larger than any stream: an event takes 200 to 300 bytes, and there is one for each token. Only what they say is
/// kept.
const LARGEST_STREAM: usize = 512 << 20;

/// How much is read of a body that is no answer.
const OF_NO_ANSWER: usize = 64 << 10;

/// Of bodies longer than this, only [`LARGE_AT_ONCE`] are in memory at a time, however many requests there are.
const LARGE: usize = 4 << 20;
const LARGE_AT_ONCE: usize = 2;

/// The time limit for connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A server, with the headers that go with each request.
pub(super) struct Server {
    client: Client,
    address: ServerAddress,
    headers: HeaderMap,
    key: Option<Key>,
    large: Semaphore,
}

/// How a protocol joins the events of a stream, one after the other.
pub(super) trait Join: Default {
    /// Adds an event, and returns how many bytes of it are kept.
    ///
    /// # Errors
    ///
    /// When the protocol can not have sent it.
    fn add(&mut self, event: Value) -> Result<usize, AskError>;
}

/// What a server sent, decoded: only the fields that are read.
pub(super) enum Body<J> {
    /// One JSON value.
    Json(Value),
    /// Events, each a JSON value. Whether the last one is the end is for the protocol to decide.
    Events {
        /// The values, joined, without OpenAI's `[DONE]`.
        joined: J,
        /// How many there were.
        count: u64,
        /// Whether `[DONE]` came.
        done: bool,
    },
}

/// A body and how long it took.
pub(super) struct TimedBody<J> {
    /// What was sent.
    pub body: Body<J>,
    /// From sending the request to the last byte, in milliseconds.
    pub latency_ms: u64,
}

impl Server {
    /// A server at an address; `key` is the name of the header that carries the key, what stands before the key in it,
    /// and the key.
    ///
    /// # Errors
    ///
    /// Where the system has no certificates to check a server's against.
    pub(super) fn new(
        address: ServerAddress,
        key: Option<(&'static str, &'static str, Key)>,
        other: &[(&'static str, &'static str)],
    ) -> Result<Server, OpenError> {
        let mut headers = HeaderMap::new();
        for (name, value) in other {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let key = key.map(|(name, prefix, key)| {
            headers.insert(HeaderName::from_static(name), key.header(prefix));
            key
        });
        // A redirect could lead the key to another host.
        let builder = http_client::builder(address.url())
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_keepalive(Duration::from_secs(30));
        let client = builder.build().map_err(|error| OpenError::Client(said_by(&error)))?;
        Ok(Server { client, address, headers, key, large: Semaphore::new(LARGE_AT_ONCE) })
    }

    fn no_connection(&self, error: &reqwest::Error) -> AskError {
        let (words, refused) = (said_by(error), is_refused(error));
        AskError::Connection { message: format!("{words} ({})", self.address), refused }
    }

    /// The address.
    pub(super) fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// All that can go wrong on the way. An error that a server sends under status 200 is an error, too.
    pub(super) async fn post<J: Join>(&self, path: &str, body: &Value) -> Result<TimedBody<J>, AskError> {
        let start = Instant::now();
        let body = body.to_string();
        // However a protocol, or the user, calls the field by which they are asked for.
        let keeper = Keeper::new(body.contains("ogprobs\""));
        let request = self
            .client
            .post(self.address.join(path))
            .headers(self.headers.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        let response = request.send().await.map_err(|error| self.no_connection(&error))?;
        let (status, ms) = (response.status().as_u16(), start.elapsed().as_millis() as u64);
        trace!(server = %self.address, path, status, ms, "request answered");
        let body = match status {
            200..=299 => self.read(response, keeper).await?,
            status => return Err(self.failure(status, response).await),
        };
        Ok(TimedBody { body, latency_ms: start.elapsed().as_millis() as u64 })
    }

    /// The status and the text of a small page, of no more than `most` bytes and within the time limit.
    ///
    /// # Errors
    ///
    /// When there is no connection, it breaks, or the page is longer or takes longer than allowed.
    pub(super) async fn get(
        &self,
        path: &str,
        limit: Duration,
        most: usize,
    ) -> Result<(u16, String), AskError> {
        let page = async {
            let request = self.client.get(self.address.join(path)).headers(self.headers.clone());
            let mut response = request.send().await.map_err(|error| self.no_connection(&error))?;
            let mut bytes = Vec::new();
            while let Some(piece) = response.chunk().await.map_err(broke_off)? {
                if bytes.len() + piece.len() > most {
                    return Err(AskError::TooLong { limit: most });
                }
                bytes.extend_from_slice(&piece);
            }
            Ok((response.status().as_u16(), self.text(bytes)))
        };
        tokio::time::timeout(limit, page).await.unwrap_or(Err(AskError::Timeout { limit }))
    }

    async fn read<J: Join>(&self, mut response: Response, keeper: Keeper) -> Result<Body<J>, AskError> {
        let content_type = header(&response, CONTENT_TYPE.as_str()).unwrap_or_default().to_ascii_lowercase();
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_owned();
        if essence == "text/event-stream" {
            return self.read_events(Vec::new(), response, keeper).await;
        }
        // Some servers declare their JSON, or their events, as text: the first bytes tell what it is.
        let mut start = Vec::new();
        while begins_blank(&start)
            && start.len() < OF_NO_ANSWER
            && let Some(piece) = response.chunk().await.map_err(broke_off)?
        {
            start.extend_from_slice(&piece);
        }
        let text = start.trim_ascii_start();
        let is_json = essence == "application/json" || essence.ends_with("+json");
        if ["data:", "event:", "id:", "retry:"].iter().any(|field| text.starts_with(field.as_bytes())) {
            self.read_events(start, response, keeper).await
        } else if is_json || text.first().is_some_and(|first| b"{[\xEF".contains(first)) {
            self.read_json(start, response, keeper).await.map(Body::Json)
        } else {
            let text = self.read_start(start, response).await?;
            let found = if essence.is_empty() { "of no type" } else { &essence }.to_owned();
            Err(AskError::ContentType { found, start: self.quote(&text) })
        }
    }

    async fn read_json(
        &self,
        start: Vec<u8>,
        mut response: Response,
        keeper: Keeper,
    ) -> Result<Value, AskError> {
        let mut bytes = start;
        let mut permit = None;
        while let Some(piece) = response.chunk().await.map_err(broke_off)? {
            if bytes.len() + piece.len() > keeper.largest() {
                return Err(AskError::TooLong { limit: keeper.largest() });
            }
            bytes.extend_from_slice(&piece);
            if bytes.len() > LARGE && permit.is_none() {
                permit = self.large.acquire().await.ok(); // never closed
            }
        }
        let mark = "\u{feff}".as_bytes();
        if bytes.starts_with(mark) {
            bytes.drain(..mark.len());
        }
        let value = self.parse(keeper, self.text(bytes));
        drop(permit);
        value
    }

    /// The value of a body or an event, unless it is an error.
    fn parse(&self, keeper: Keeper, text: String) -> Result<Value, AskError> {
        match keeper.parse(&text) {
            Ok(mut value) => {
                // Escapes can hide it from a look at the text.
                self.key.iter().for_each(|key| remove(key, &mut value));
                self.check_for_error(&value).map_or(Ok(value), Err)
            }
            Err(UnreadJson::TooMany(limit)) => Err(AskError::TooManyValues { limit }),
            Err(UnreadJson::Invalid(error)) => {
                Err(AskError::InvalidJson { message: error.to_string(), start: self.quote(&text) })
            }
        }
    }

    /// The beginning of a body that is no answer.
    async fn read_start(&self, start: Vec<u8>, mut response: Response) -> Result<String, AskError> {
        let mut bytes = start;
        while bytes.len() < OF_NO_ANSWER
            && let Some(piece) = response.chunk().await.map_err(broke_off)?
        {
            bytes.extend_from_slice(&piece);
        }
        bytes.truncate(OF_NO_ANSWER);
        Ok(self.text(bytes))
    }

    /// Bytes as text, without the key.
    fn text(&self, bytes: Vec<u8>) -> String {
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        self.without_key(text)
    }

    async fn read_events<J: Join>(
        &self,
        start: Vec<u8>,
        mut response: Response,
        keeper: Keeper,
    ) -> Result<Body<J>, AskError> {
        let mut decoder = EventDecoder::default();
        let (mut joined, mut count, mut done) = (J::default(), 0, false);
        let (mut size, mut kept) = (0, 0);
        let mut events = Vec::new();
        decoder.push(&start, &mut events);
        while !done {
            // A stream may break after its end: whether it did is for the protocol to decide.
            let piece = response.chunk().await.ok().flatten();
            size += piece.as_ref().map_or(0, |piece| piece.len());
            if size > LARGEST_STREAM {
                return Err(AskError::TooLong { limit: LARGEST_STREAM });
            }
            decoder.push(piece.as_deref().unwrap_or_default(), &mut events);
            if decoder.unfinished() > keeper.largest() {
                return Err(AskError::TooLong { limit: keeper.largest() });
            }
            for event in events.drain(..) {
                if event.trim() == "[DONE]" {
                    done = true;
                    break;
                }
                let value = self.parse(keeper, self.without_key(event))?;
                count += 1;
                kept += joined.add(value)?;
                if kept > keeper.largest() {
                    return Err(AskError::TooLong { limit: keeper.largest() });
                }
            }
            if piece.is_none() {
                break;
            }
        }
        Ok(Body::Events { joined, count, done })
    }

    async fn failure(&self, status: u16, response: Response) -> AskError {
        let mut url = response.url().clone();
        url.set_query(None);
        let location = header(&response, "location").map(str::to_owned);
        let retry_after = header(&response, RETRY_AFTER.as_str())
            .and_then(|text| parse_retry_after(text, SystemTime::now()));
        let text = self.read_start(Vec::new(), response).await.unwrap_or_default();
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        // In a list where a stream was asked for, as from Google's API.
        let value = value.get(0).unwrap_or(&value);
        let error = value.get("error").unwrap_or(value);
        let field = |name: &str| error.get(name).and_then(Value::as_str);
        let message = match field("message").or_else(|| error.as_str()) {
            Some(message) => self.quote(message),
            None if location.is_some() => {
                let location = self.quote(&location.unwrap_or_default());
                format!("it redirects to {location}; give that address if it is right")
            }
            None if text.trim().is_empty() => "it does not say why".to_owned(),
            None => self.quote(&text),
        };
        let says = |code: &str| fault::says(error, code);
        match status {
            // Waiting does not help an account that is out of money, or has used up its daily quota.
            429 if says("insufficient_quota") || fault::is_daily(error, &message) => {
                AskError::Refused { status, message }
            }
            501 => AskError::Refused { status, message },
            408 | 409 | 429 | 500..=599 => {
                let retry_after = retry_after.or_else(|| fault::retry_after(error, &message));
                AskError::Busy { status, message, retry_after }
            }
            400 if says("content_filter") => AskError::ContentFilter { reason: message },
            // Google's counterpart of others' 401.
            400 if text.contains("API_KEY_INVALID") => AskError::Refused { status: 401, message },
            400 | 422 if field("param") == Some("n") => AskError::OneAtATime { message },
            404 => AskError::Refused { status, message: format!("{message} ({})", self.quote(url.as_str())) },
            _ => AskError::Refused { status, message },
        }
    }

    fn without_key(&self, answer: String) -> String {
        match &self.key {
            Some(key) => key.removed_from_answer(answer),
            None => answer,
        }
    }

    /// The beginning of what the server said, for an error.
    fn quote(&self, text: &str) -> String {
        match &self.key {
            Some(key) => cut(&key.removed_from(text)),
            None => cut(text),
        }
    }

    /// An error that came as the body of a successful answer, as gateways send them, or within a stream.
    fn check_for_error(&self, value: &Value) -> Option<AskError> {
        let is_answer = ["choices", "candidates", "content"].iter().any(|field| value.get(field).is_some());
        let error = match value.get("error").filter(|error| !fault::says_nothing(error)) {
            Some(error) => error,
            // vLLM's form of an error has its words beside its code.
            None if !is_answer
                && value.get("code").is_some()
                && value.get("message").is_some_and(Value::is_string) =>
            {
                value
            }
            None => return None,
        };
        Some(fault::under_200(error, |text| self.quote(text)))
    }
}

/// Whether nothing but white space has come.
fn begins_blank(start: &[u8]) -> bool {
    start.trim_ascii_start().is_empty()
}

/// Takes a key out of all texts of a value.
fn remove(key: &Key, value: &mut Value) {
    match value {
        Value::String(text) => *text = key.removed_from_answer(std::mem::take(text)),
        Value::Array(items) => items.iter_mut().for_each(|item| remove(key, item)),
        Value::Object(fields) => fields.values_mut().for_each(|field| remove(key, field)),
        _ => {}
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

fn broke_off(error: reqwest::Error) -> AskError {
    AskError::Truncated { message: said_by(&error) }
}

/// The beginning of what an error says.
fn said_by(error: &reqwest::Error) -> String {
    cut(&http_client::words_of(error))
}

/// The beginning of a text, on one line.
pub(super) fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Reads `Retry-After` in its two forms, seconds and an HTTP date (RFC 9110, section 10.2.3). A date that has passed is
/// no wait; anything else gives `None`.
fn parse_retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = DateTimeParser::new().parse_timestamp(text).ok()?;
    let now = Timestamp::try_from(now).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

impl Keeper {
    /// How many bytes a body, an event, or the kept part of a stream may have.
    fn largest(self) -> usize {
        if self.keeps_logprobs() { LARGEST_WITH_LOGPROBS } else { LARGEST_BODY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 90); // 1994-11-06 08:49:37 GMT
        let read = |text| parse_retry_after(text, now);
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read(" 0.5 "), Some(Duration::from_millis(500)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        for wrong in ["", "soon", "-3", "inf", "NaN", "1e300"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn long_words_are_cut_between_characters() {
        assert_eq!(cut(" a\n b "), "a b");
        let long = "é".repeat(1000);
        assert_eq!(cut(&long).chars().count(), MOST_WORDS + 1);
    }

    #[test]
    fn an_error_under_status_200_is_one() {
        let server = Server::new("http://localhost".parse().unwrap(), None, &[]).unwrap();
        let error = |text: &str| server.check_for_error(&serde_json::from_str(text).unwrap());
        assert!(matches!(
            error(r#"{"error": {"code": 401, "message": "no"}}"#),
            Some(AskError::Refused { .. })
        ));
        assert!(matches!(error(r#"{"error": {"code": 429}}"#), Some(AskError::Busy { status: 429, .. })));
        assert!(matches!(error(r#"{"error": "overloaded"}"#), Some(AskError::Busy { status: 500, .. })));
        assert!(matches!(error(r#"{"message": "no", "code": 400}"#), Some(AskError::Refused { .. })));
        for none in [
            r#"{"error": null, "choices": []}"#,
            r#"{"error": "", "choices": []}"#,
            r#"{"error": {}, "choices": []}"#,
            r#"{"message": "x", "code": 200, "choices": []}"#,
            "[1]",
        ] {
            assert!(error(none).is_none(), "{none}");
        }
    }
}
