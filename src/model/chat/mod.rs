//! Makes one text of a conversation, by the chat template in a model's file.
//!
//! Templates are programs in the language of Jinja, written for Hugging Face's transformers. They get what transformers
//! gives them: `messages`, `add_generation_prompt`, `bos_token`, `eos_token`, `tools` (none), `raise_exception`,
//! `strftime_now`, a `tojson` that writes as Python does, the methods of Python's strings and dictionaries, and
//! `{% generation %}`. They may not read anything, take long, or produce much.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use jiff::civil::Date;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{Environment, Error, ErrorKind};
use serde::Serialize;
use thiserror::Error;

use super::gguf::{Gguf, GgufError};
use crate::shown::{shown, shown_text};

/// The most bytes of a template. The longest have tens of thousands.
const MOST_TEMPLATE: usize = 1 << 20;

/// The most bytes that it may produce.
const MOST_TEXT: usize = 64 << 20;

/// The most steps that it may take; 64 bytes that are produced on the way count as one.
const MOST_STEPS: u64 = 4_000_000;

/// The chat template of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatTemplate {
    file: String,
    source: String,
    bos: Option<String>,
    eos: Option<String>,
}

/// A message of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChatMessage<'a> {
    /// `system`, `user` or `assistant`.
    pub role: &'a str,
    /// What is said.
    pub content: &'a str,
}

/// What a template is told besides the conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatOptions {
    /// The date that `strftime_now` gives, at midnight. The caller chooses it: with today's date, the same question
    /// would be another one tomorrow.
    pub date: Date,
    /// Variables of the template's own, such as `enable_thinking`.
    pub variables: serde_json::Map<String, serde_json::Value>,
}

/// Why a conversation can not be made into one text.
#[derive(Debug, Error)]
pub enum ChatError {
    /// The file has no template.
    #[error(
        "{file} has no chat template, so it is a model that continues texts; ask it by plain completion: put \
         ?api=completions behind the model's name"
    )]
    NoTemplate {
        /// The model's file.
        file: String,
    },
    /// The file can not be read.
    #[error(transparent)]
    File(#[from] GgufError),
    /// The template is invalid, or does something that is not allowed.
    #[error("the chat template in {file}{}: {}", Line(*line), shown_text(message))]
    Template {
        /// The model's file.
        file: String,
        /// The line of the template.
        line: Option<usize>,
        /// What is wrong.
        message: String,
    },
    /// The template itself says that it can not do this.
    #[error("the chat template in {file} refuses the conversation{}: {}", Line(*line), shown_text(message))]
    Refused {
        /// The model's file.
        file: String,
        /// The line of the template.
        line: Option<usize>,
        /// What it says.
        message: String,
    },
    /// The template's output does not contain the beginning of the answer.
    #[error(
        "the chat template in {file} leaves out the beginning of the answer ({:?}), so that it can not be continued; \
         ask without one",
        shown(beginning)
    )]
    Beginning {
        /// The model's file.
        file: String,
        /// The text that should be continued.
        beginning: String,
    },
}

struct Line(Option<usize>);

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(formatter, ": line {line}"))
    }
}

/// What a template raised.
#[derive(Debug, Error)]
#[error("{0}")]
struct Raised(String);

/// There was more text than is allowed.
#[derive(Debug, Error)]
#[error("it makes more than {MOST_TEXT} bytes")]
struct TooLong;

impl ChatTemplate {
    /// The template of a model.
    ///
    /// # Errors
    ///
    /// [`ChatError::NoTemplate`] if it has none.
    pub fn of(gguf: &Gguf) -> Result<ChatTemplate, ChatError> {
        let info = gguf.info()?;
        let file = gguf.files[0].display().to_string();
        match info.chat_template {
            Some(source) if !source.trim().is_empty() => {
                let text = |token: Option<(u64, String)>| token.map(|(_, text)| text);
                Ok(ChatTemplate { file, source, bos: text(info.bos), eos: text(info.eos) })
            }
            _ => Err(ChatError::NoTemplate { file }),
        }
    }

    /// A template with the tokens that it writes. `file` is its name in errors.
    #[cfg(test)]
    pub fn new(file: &str, source: &str, bos: Option<&str>, eos: Option<&str>) -> ChatTemplate {
        ChatTemplate {
            file: file.to_owned(),
            source: source.to_owned(),
            bos: bos.map(str::to_owned),
            eos: eos.map(str::to_owned),
        }
    }

    /// The conversation as a text for the model to continue. It is tokenised as it is: nothing is added, and names of
    /// special tokens in it stand for these tokens.
    ///
    /// If the last message is the assistant's, it is the beginning of the answer, and the text ends with it. Where the
    /// template trims messages, white space at its ends is lost.
    ///
    /// # Errors
    ///
    /// See [`ChatError`].
    pub fn render(&self, messages: &[ChatMessage<'_>], options: &ChatOptions) -> Result<String, ChatError> {
        let beginning = messages.last().filter(|last| last.role == "assistant").map(|last| last.content);
        match beginning {
            None => self.run(messages, options, true),
            Some(beginning) if beginning.trim().is_empty() => {
                self.run(&messages[..messages.len() - 1], options, true)
            }
            Some(beginning) => {
                let mut text = self.run(messages, options, false)?;
                let trimmed = beginning.trim();
                let Some(at) = text.rfind(trimmed) else {
                    let beginning = beginning.to_owned();
                    return Err(ChatError::Beginning { file: self.file.clone(), beginning });
                };
                // The white space after it is part of the text only if the template left it there.
                let untrimmed = beginning.trim_start();
                let kept = if text[at..].starts_with(untrimmed) { untrimmed } else { trimmed };
                text.truncate(at + kept.len());
                Ok(text)
            }
        }
    }

    fn run(
        &self,
        messages: &[ChatMessage<'_>],
        options: &ChatOptions,
        add_generation_prompt: bool,
    ) -> Result<String, ChatError> {
        let file = || self.file.clone();
        if self.source.len() > MOST_TEMPLATE {
            let message =
                format!("it has {} bytes, and at most {MOST_TEMPLATE} are taken", self.source.len());
            return Err(ChatError::Template { file: file(), line: None, message });
        }
        let source = without_generation_tags(&self.source);
        let mut variables: BTreeMap<&str, Value> = BTreeMap::new();
        for (name, value) in &options.variables {
            variables.insert(name, Value::from(Serde(value)));
        }
        let token = |token: &Option<String>| Value::from(token.clone().unwrap_or_default());
        variables.insert("messages", Value::from(Serde(messages)));
        variables.insert("add_generation_prompt", Value::from(add_generation_prompt));
        variables.insert("bos_token", token(&self.bos));
        variables.insert("eos_token", token(&self.eos));
        variables.insert("tools", Value::from(()));
        variables.insert("documents", Value::from(()));
        let mut text = Bounded(Vec::new());
        let environment = environment(options.date);
        environment
            .template_from_named_str("chat", &source)
            .and_then(|template| template.render_captured_to(Value::from(variables), &mut text).map(drop))
            .map_err(|error| self.error(&error))?;
        String::from_utf8(text.0).map_err(|_| ChatError::Template {
            file: file(),
            line: None,
            message: "it makes bytes that are no text".to_owned(),
        })
    }

    fn error(&self, error: &Error) -> ChatError {
        let (file, line) = (self.file.clone(), error.line());
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(current) = cause {
            if let Some(raised) = current.downcast_ref::<Raised>() {
                return ChatError::Refused { file, line, message: raised.0.clone() };
            }
            if current
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::FileTooLarge)
            {
                return ChatError::Template { file, line, message: TooLong.to_string() };
            }
            cause = current.source();
        }
        let message = match (error.kind(), error.detail()) {
            (ErrorKind::OutOfFuel, _) => "it takes too long, or too much memory".to_owned(),
            (kind, Some(detail)) => format!("{kind}: {detail}"),
            (kind, None) => kind.to_string(),
        };
        ChatError::Template { file, line, message }
    }
}

/// A text that grows up to a maximum length.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_TEXT {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, TooLong));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn environment(date: Date) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(MOST_STEPS));
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    environment.set_syntax(syntax.build().unwrap_or_default());
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_filter("tojson", to_json);
    environment.add_function("raise_exception", |message: String| -> Result<Value, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, "raised").with_source(Raised(message)))
    });
    environment.add_function("strftime_now", move |format: String| {
        jiff::fmt::strtime::format(&format, date.at(0, 0, 0, 0)).map_err(|error| {
            Error::new(ErrorKind::InvalidOperation, format!("strftime_now({format:?}): {error}"))
        })
    });
    environment
}

/// Python's `json.dumps` with `ensure_ascii=False`, and the arguments that it takes by name.
fn to_json(value: &Value, arguments: Kwargs) -> Result<Value, Error> {
    let wrong =
        |error: serde_json::Error| Error::new(ErrorKind::BadSerialization, format!("tojson: {error}"));
    let indent: Option<usize> = arguments.get("indent")?;
    let separators: Option<Vec<String>> = arguments.get("separators")?;
    let ensure_ascii = arguments.get::<Option<bool>>("ensure_ascii")?.unwrap_or(false);
    let sort_keys = arguments.get::<Option<bool>>("sort_keys")?.unwrap_or(false);
    arguments.assert_all_used()?;
    if indent.is_some_and(|indent| indent > 16) {
        return Err(Error::new(ErrorKind::InvalidOperation, "tojson: an indent of more than 16"));
    }
    let (item, key) = match separators.as_deref() {
        Some([item, key]) => (item.as_str(), key.as_str()),
        Some(_) => return Err(Error::new(ErrorKind::InvalidOperation, "tojson: separators are two texts")),
        None if indent.is_some() => (",", ": "),
        None => (", ", ": "),
    };
    let mut value = serde_json::to_value(value).map_err(wrong)?;
    if sort_keys {
        value.sort_all_objects();
    }
    let mut out = Vec::new();
    let formatter = Python { item, key, indent, depth: 0, is_empty: true };
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter)).map_err(wrong)?;
    let text = String::from_utf8_lossy(&out).into_owned();
    Ok(Value::from_safe_string(if ensure_ascii { ascii(&text) } else { text }))
}

/// Escapes what is not ASCII; in JSON, all of it is within strings.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// JSON as Python writes it.
struct Python<'a> {
    item: &'a str,
    key: &'a str,
    indent: Option<usize>,
    depth: usize,
    /// Nothing is in the array or object so far.
    is_empty: bool,
}

impl Python<'_> {
    fn begin<W: ?Sized + io::Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.is_empty = false;
        if !is_first {
            out.write_all(self.item.as_bytes())?;
        }
        self.line(out)
    }

    fn line<W: ?Sized + io::Write>(&self, out: &mut W) -> io::Result<()> {
        match self.indent {
            Some(indent) => write!(out, "\n{:1$}", "", indent * self.depth),
            None => Ok(()),
        }
    }

    fn close<W: ?Sized + io::Write>(&mut self, out: &mut W, with: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if !std::mem::take(&mut self.is_empty) {
            self.line(out)?;
        }
        out.write_all(with)
    }
}

impl serde_json::ser::Formatter for Python<'_> {
    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.is_empty = true;
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.begin(out, is_first)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.is_empty = true;
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.begin(out, is_first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(self.key.as_bytes())
    }
}

/// Transformers has a block that marks what the model said, for training. It does nothing here, and Jinja does not know
/// it: it becomes a condition that is always true.
fn without_generation_tags(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{%") {
        let (before, tag) = rest.split_at(start);
        out.push_str(before);
        let end = tag.find("%}").map_or(tag.len(), |end| end + 2);
        let (tag, after) = tag.split_at(end);
        let word = tag.trim_start_matches("{%").trim_end_matches("%}");
        let word = word.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']).trim();
        match word {
            "generation" => out.push_str(&tag.replace("generation", "if true")),
            "endgeneration" => out.push_str(&tag.replace("endgeneration", "endif")),
            _ => out.push_str(tag),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
