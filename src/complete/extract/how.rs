//! What an extraction records of itself.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::Form;

/// The kind of model that answers, by what it makes of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// It replies to a message, in prose and code.
    Chat,
    /// It goes on with a text.
    Completion,
}

/// The rule by which code is taken from an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtractionRule {
    /// Karat's own.
    #[default]
    Karat,
    /// LiveCodeBench's, for compatible judging: what stands between the last two lines that have three backticks in
    /// them, whatever it is.
    LiveCodeBench,
}

/// The program in an answer, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraction {
    /// How the text becomes a program.
    pub form: Form,
    /// The text.
    pub text: String,
    /// Where in the answer it was.
    pub how: How,
    /// What was done to it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// Where in an answer the code was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum How {
    /// The answer is code and nothing else.
    Whole,
    /// It was in fenced blocks, which were joined if there are several.
    Fences {
        /// The blocks.
        fences: Vec<Fence>,
    },
    /// It was between tags: `[PYTHON]`, `<code>`, `\begin{verbatim}`.
    Tags {
        /// The opening tag, or its name.
        tag: String,
    },
    /// It stood between lines of prose.
    Lines {
        /// Its first line of the answer, from 1, thinking and the like having been taken out.
        first: usize,
        /// Its last line.
        last: usize,
    },
    /// It continues the prompt, up to where it ends.
    Continuation,
    /// It was between the last two lines with a fence: [`ExtractionRule::LiveCodeBench`].
    LastTwoFences,
}

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fence {
    /// Which of the answer's fenced blocks it is, from 0.
    pub index: usize,
    /// The language that it claims, in lower case; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// Whether the closing fence is missing, as in an answer that was cut off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
    /// Whether the opening fence is missing, as where the prompt ended with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unopened: bool,
}

/// Something that was done to an answer or to the code in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Note {
    /// The model's thinking was left out.
    ThinkingRemoved,
    /// It was cut at a token that ends a model's turn.
    SpecialTokenCut {
        /// The token.
        token: String,
    },
    /// It was taken out of JSON.
    JsonUnwrapped {
        /// The field.
        field: String,
    },
    /// `> ` before each line was left out.
    QuoteMarksRemoved,
    /// There was text around the code.
    ProseCut {
        /// Before it.
        before: bool,
        /// After it.
        after: bool,
    },
    /// Words above the code or behind it were left out: its language, the name of its file, a call of what it defines.
    HeadingDropped {
        /// How many lines.
        lines: usize,
    },
    /// A last statement that was cut off was left out.
    CutStatementDropped {
        /// How many lines.
        lines: usize,
    },
    /// Line ends of another kind became `\n`.
    LineEndsChanged,
    /// It was written as in a string, with `\n` for the ends of its lines, and was read as one.
    EscapesDecoded,
    /// Spaces of other kinds became plain ones, and characters without a width were left out.
    SpacesReplaced,
    /// `&lt;` and the like became what they stand for.
    HtmlUnescaped,
    /// `>>> ` and `... ` were left out, and so was what an interpreter would have answered.
    InterpreterMarksRemoved,
    /// Numbers before each line were left out.
    LineNumbersRemoved,
    /// It began with the prompt, which was left out.
    PromptDropped,
    /// It began with the prompt and ended with the suffix, and both were left out.
    FrameDropped,
    /// It began with the function's signature, which was left out.
    SignatureDropped,
    /// It is a whole program, where a continuation of the prompt was asked for.
    WholeProgram,
    /// Imports and helpers of the prompt that it lacked were put before it.
    PromptDefinitionsAdded,
    /// The body's indentation was changed.
    BodyIndented {
        /// The white space at its beginning.
        from: String,
        /// What it has now.
        to: String,
    },
    /// It was cut at one of the problem's stop tokens.
    StopTokenCut {
        /// The token.
        token: String,
    },
    /// Tests and examples were left out, and what reads input although tests call a function.
    TestsDropped {
        /// How many lines.
        lines: usize,
    },
    /// What followed the function's body and is not used in it was left out.
    RestDropped {
        /// How many lines.
        lines: usize,
    },
    /// A body was put after the problem's starter code.
    StarterCodeAdded,
    /// A method that stood alone was put in the class that was asked for.
    ClassAdded,
    /// A function that calls the method of the class `Solution` was added, since the tests call a function.
    FunctionAdded,
    /// It does not define what the tests call.
    EntryPointMissing {
        /// The name.
        name: String,
    },
}

/// Why there is no program in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "no_code", rename_all = "snake_case")]
pub enum NoCode {
    /// There is nothing but white space.
    Empty,
    /// There is nothing after the model's thinking.
    OnlyThinking,
    /// The answer ends while the model is thinking.
    UnfinishedThinking,
    /// There is no code among the prose.
    OnlyProse,
    /// All code is in other languages than the problem's.
    OtherLanguage {
        /// What the first block claims to be.
        language: String,
    },
    /// There are no two fences: [`ExtractionRule::LiveCodeBench`].
    NoFences,
}

impl fmt::Display for NoCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoCode::Empty => formatter.write_str("the answer is empty"),
            NoCode::OnlyThinking => formatter.write_str("nothing follows the model's thinking"),
            NoCode::UnfinishedThinking => formatter.write_str("the answer ends while the model is thinking"),
            NoCode::OnlyProse => formatter.write_str("there is prose and no code"),
            NoCode::OtherLanguage { language } => write!(formatter, "the code is {language}"),
            NoCode::NoFences => formatter.write_str("no code stands between two fences"),
        }
    }
}

impl std::error::Error for NoCode {}
