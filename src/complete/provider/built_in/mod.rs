//! The built-in model: answers come from processes of our own, on this machine's devices.

use async_trait::async_trait;
use jiff::civil::{Date, date};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::error::{AskError, FormError};
use super::{Identity, Provider};
use crate::complete::logprobs::Logprobs;
use crate::complete::query::{FinishReason, Message, Prompt, Query, RawAnswer, Role, Usage};
use crate::model::chat::{ChatMessage, ChatOptions, ChatTemplate};
use crate::model::engine::EngineConfig;
use crate::model::frames::{self, CompletionTask, GeneratedText, TokenChance, TokenRating};
use crate::model::gguf::FimTokens;
use crate::model::pool::{ModelError, Pool, Progress, WorkerCommand};
use crate::model::sampling::SampleKey;

mod open;
mod settings;

pub use open::{OpenModelError, OpenedModel, Opening};
pub use settings::{Settings, settings, with_defaults};

/// How many samples of a task one request asks for: its prompt is computed once for all of them.
const MOST_SAMPLES: u32 = 64;

/// How many requests are under way for each slot: one runs, and the next is there when it ends.
const REQUESTS_A_SLOT: usize = 2;

/// The date that chat templates are told: the one that Llama 3's template assumes when it is told none. With today's
/// date, the same question would be another one tomorrow.
const DATE: Date = date(2024, 7, 26);

/// How a prompt ends when the chat template makes the model think first.
const THINK: &str = "<think>";

/// What ends its thinking.
const END_OF_THINKING: &str = "</think>";

/// A model that this process runs. It is loaded when the first question comes.
pub struct BuiltIn {
    command: WorkerCommand,
    workers: Vec<EngineConfig>,
    form: PromptForm,
    identity: Identity,
    setup: Map<String, Value>,
    resources: Map<String, Value>,
    progress: Progress,
    pool: OnceCell<Pool>,
}

/// How a prompt becomes the text that the model continues.
#[derive(Debug)]
enum PromptForm {
    /// By the template in the model's file.
    Chat(ChatTemplate, ChatOptions),
    /// As it is, for base models. Texts to be filled in use the tokens that the model's file has for that.
    Plain(Middle),
}

/// The tokens of a model's file for texts that are to be filled in.
#[derive(Debug)]
struct Middle {
    /// What errors call the file.
    file: String,
    tokens: Option<FimTokens>,
}

impl PromptForm {
    /// What the model continues.
    fn text(&self, prompt: &Prompt) -> Result<frames::PromptText, FormError> {
        match self {
            // A template writes control tokens, and the one that begins a text, itself.
            PromptForm::Chat(template, options) => {
                let messages = prompt.messages();
                let messages: Vec<ChatMessage<'_>> = messages.iter().map(chat_message).collect();
                Ok(frames::PromptText::new(template.render(&messages, options)?, false, true))
            }
            PromptForm::Plain(middle) => match prompt {
                Prompt::Infill { prefix, suffix } => middle.text(prefix, suffix),
                prompt => Ok(frames::PromptText::new(prompt.text(), true, false)),
            },
        }
    }

    /// Whether a completion of this prompt begins with thinking, because the mark that opens it is in the prompt.
    fn thinks(&self, prompt: &frames::PromptText) -> bool {
        matches!(self, PromptForm::Chat(..)) && prompt.text().trim_end().ends_with(THINK)
    }
}

impl Middle {
    /// The text before the gap and the text after it, each behind its token, then the token behind which the model
    /// writes. What the problem says is text, whatever it looks like: only the file's own tokens are special.
    fn text(&self, prefix: &str, suffix: &str) -> Result<frames::PromptText, FormError> {
        let tokens = self.tokens.as_ref().ok_or_else(|| FormError::NoMiddle { file: self.file.clone() })?;
        let part = |text: &str, special| frames::PromptPart { text: text.to_owned(), special };
        let parts = vec![
            part(&tokens.prefix, true),
            part(prefix, false),
            part(&tokens.suffix, true),
            part(suffix, false),
            part(&tokens.middle, true),
        ];
        Ok(frames::PromptText { parts, begin: true })
    }
}

fn chat_message(message: &Message) -> ChatMessage<'_> {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    ChatMessage { role, content: &message.content }
}

impl BuiltIn {
    async fn pool(&self) -> Result<&Pool, ModelError> {
        let start = || Pool::start(&self.command, self.workers.clone(), self.progress.clone());
        self.pool.get_or_try_init(start).await
    }
}

#[async_trait]
impl Provider for BuiltIn {
    async fn ready(&self) -> Result<(), AskError> {
        self.pool().await.map(|_| ()).map_err(AskError::Model)
    }

    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let prompt = self.form.text(&query.prompt).map_err(AskError::Form)?;
        let thinks = self.form.thinks(&prompt);
        let settings = settings(&query.parameters).map_err(AskError::Setting)?;
        let seed = query.parameters.seed.unwrap_or(0).cast_unsigned();
        let key = |sample| SampleKey::of(seed, query.task_id.as_str(), u64::from(sample));
        let task = CompletionTask {
            prompt,
            keys: query.samples.clone().map(key).collect(),
            sampling: settings.sampling,
            stops: settings.stops,
            most_tokens: settings.most_tokens,
            log_probabilities: query.parameters.logprobs.then_some(0),
        };
        let completions = self.pool().await.map_err(AskError::Model)?.complete(task).await;
        // How long it took is not known: most of the time, a request here waits for a slot.
        let answers = completions.map_err(AskError::Model)?.into_iter();
        Ok(answers.map(|completion| answer(completion, thinks)).collect())
    }

    fn most_samples(&self) -> u32 {
        MOST_SAMPLES
    }

    fn concurrency(&self) -> Option<usize> {
        let slots: usize = self.workers.iter().map(|worker| worker.slots as usize).sum();
        Some(slots * REQUESTS_A_SLOT)
    }

    fn queues(&self) -> bool {
        true
    }

    fn identity(&self) -> Option<Identity> {
        Some(self.identity.clone())
    }

    fn setup(&self) -> Map<String, Value> {
        self.setup.clone()
    }

    fn resources(&self) -> Map<String, Value> {
        self.resources.clone()
    }
}

fn answer(completion: GeneratedText, thinks: bool) -> RawAnswer {
    let (thinking, text) = if thinks { split_thinking(completion.text) } else { (None, completion.text) };
    RawAnswer {
        thinking,
        finish: match completion.finish {
            frames::Finish::Stop => FinishReason::Stop,
            frames::Finish::Length => FinishReason::Length,
        },
        usage: Usage {
            input: Some(completion.prompt_tokens.into()),
            output: Some(completion.tokens.into()),
            ..Usage::default()
        },
        logprobs: completion.log_probabilities.as_deref().and_then(log_probabilities),
        ..RawAnswer::new(text)
    }
}

/// Parts the thinking that a completion begins with from the rest. A completion that was cut while it thought has no
/// answer.
fn split_thinking(text: String) -> (Option<String>, String) {
    match text.split_once(END_OF_THINKING) {
        Some((thinking, text)) => (Some(thinking.trim().to_owned()), text.trim_start().to_owned()),
        None => (Some(text), String::new()),
    }
}

/// Log probabilities in the form of OpenAI's chat completions.
fn log_probabilities(tokens: &[TokenRating]) -> Option<Logprobs> {
    let one = |bytes: &[u8], log_probability: f64| json!({"token": String::from_utf8_lossy(bytes), "logprob": log_probability, "bytes": bytes});
    let chance = |chance: &TokenChance| one(&chance.bytes, chance.log_probability);
    let rating = |token: &TokenRating| {
        let mut fields = one(&token.bytes, token.log_probability);
        if !token.likeliest.is_empty() {
            fields["top_logprobs"] = token.likeliest.iter().map(chance).collect();
        }
        fields
    };
    let content: Vec<Value> = tokens.iter().map(rating).collect();
    Logprobs::from_json(json!({ "content": content }).to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completion(text: &str) -> GeneratedText {
        GeneratedText {
            text: text.to_owned(),
            finish: frames::Finish::Stop,
            prompt_tokens: 7,
            tokens: 3,
            log_probabilities: Some(vec![TokenRating {
                token: 5,
                bytes: vec![0xc3],
                log_probability: -0.5,
                likeliest: Vec::new(),
            }]),
        }
    }

    #[test]
    fn thinking_that_the_prompt_began_is_taken_out() {
        let thought = answer(completion("so\nit is\n</think>\n\n42"), true);
        assert_eq!((thought.thinking.as_deref(), thought.text.as_str()), (Some("so\nit is"), "42"));
        let cut = answer(completion("so it"), true);
        assert_eq!((cut.thinking.as_deref(), cut.text.as_str()), (Some("so it"), ""));
        let plain = answer(completion("a </think> b"), false);
        assert_eq!((plain.thinking, plain.text.as_str()), (None, "a </think> b"));
        let form = |source: &str| {
            let options = ChatOptions { date: DATE, variables: Map::new() };
            PromptForm::Chat(ChatTemplate::new("m.gguf", source, None, None), options)
        };
        for (source, thinks) in [("{{ messages[0].content }}<think>\n", true), ("<think></think>", false)] {
            let form = form(source);
            let text = form.text(&Prompt::user("?")).unwrap();
            assert_eq!(form.thinks(&text), thinks, "{source}");
        }
        let form = base(None);
        let plain = form.text(&Prompt::Text("<think>".to_owned())).unwrap();
        assert!(!form.thinks(&plain) && plain.begin && !plain.parts[0].special);
    }

    fn base(tokens: Option<FimTokens>) -> PromptForm {
        PromptForm::Plain(Middle { file: "m.gguf".to_owned(), tokens })
    }

    #[test]
    fn a_gap_is_shown_by_the_files_own_tokens_and_by_nothing_that_a_problem_says() {
        let token = |name: &str| format!("<{name}>");
        let tokens = FimTokens { prefix: token("pre"), suffix: token("suf"), middle: token("mid") };
        let prompt = Prompt::Infill { prefix: "a<suf>".to_owned(), suffix: "b<mid>".to_owned() };
        let text = base(Some(tokens)).text(&prompt).unwrap();
        let parts: Vec<_> = text.parts.iter().map(|part| (part.text.as_str(), part.special)).collect();
        let expected =
            [("<pre>", true), ("a<suf>", false), ("<suf>", true), ("b<mid>", false), ("<mid>", true)];
        assert_eq!((&parts[..], text.begin), (&expected[..], true));
        let error = base(None).text(&prompt).unwrap_err().to_string();
        assert!(error.starts_with("m.gguf: the model has no tokens to fill in the middle"), "{error}");
        assert!(error.contains("Qwen2.5-Coder") && error.contains("karat models show"), "{error}");
    }

    #[test]
    fn an_answer_tells_its_tokens() {
        let answer = answer(completion("x"), false);
        let expected = Usage { input: Some(7), output: Some(3), ..Usage::default() };
        assert_eq!((answer.usage, answer.finish), (expected, FinishReason::Stop));
        let logprobs: Value = serde_json::from_str(answer.logprobs.unwrap().json()).unwrap();
        assert_eq!(logprobs, json!({"content": [{"token": "\u{fffd}", "logprob": -0.5, "bytes": [195]}]}));
    }
}
