//! What can be wrong with a set in Karat's own format.

use std::path::PathBuf;

use super::SignatureError;
use crate::problem::{Language, NotAFileName, TaskId, TestKind};
use crate::shown::shown;
use crate::value::literal::LiteralError;

/// A file of a set that is not what it should be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}{}: {fault}", shown(file.display()), line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct FormatError {
    /// The file, as the user named it.
    pub file: PathBuf,
    /// The line, from 1, where the fault has one.
    pub line: Option<u64>,
    /// What is wrong.
    pub fault: FormatFault,
}

/// What is wrong with a file of a set, and what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FormatFault {
    /// The file is larger than the reader accepts.
    #[error("larger than {limit} bytes; split the problem, or make its tests smaller")]
    TooLarge {
        /// The most bytes that a file may have.
        limit: u64,
    },
    /// The file is not text in UTF-8.
    #[error("not UTF-8 at byte {byte}; save the file in UTF-8")]
    InvalidUtf8 {
        /// Where the first wrong byte is, from 1.
        byte: usize,
    },
    /// The file is not TOML.
    #[error("not valid TOML: {}; inside '''…''' everything is text, save three quotes", shown(message))]
    Syntax {
        /// What the parser said.
        message: String,
    },
    /// A field is missing, unknown, or of another type.
    #[error(
        "{}{}; `karat problems schema {schema}` describes every field", in_field(field.as_deref()), shown(message)
    )]
    Field {
        /// The path of the field, where it is known.
        field: Option<String>,
        /// What the parser said.
        message: String,
        /// The schema that the file follows.
        schema: &'static str,
    },
    /// A field that has to say something is empty.
    #[error(
        "field `{}` is empty; write something there, or leave the field out if it is optional",
        shown(field)
    )]
    Empty {
        /// The field.
        field: String,
    },
    /// A name of a set or a file can not be part of a task's name.
    #[error(
        "{what} {:?} can not be part of a task's name; use letters, digits, `-`, `_`, `.` and `+`",
        shown(name)
    )]
    Name {
        /// Whose name it is.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A file's name is that of another file of the set.
    #[error("a task {task_id} is in {} too; rename one of the two files", shown(first.display()))]
    DuplicateTask {
        /// The task's name.
        task_id: TaskId,
        /// The file that has it, too.
        first: PathBuf,
    },
    /// A set lies in a folder of another set.
    #[error("a set within the set; move the folder out, or remove this file")]
    SetWithinSet,
    /// Folders of a set are in each other deeper than anybody would write by hand.
    #[error(
        "folders in each other deeper than {limit}; take out the link to a folder around it, or flatten them"
    )]
    TooDeep {
        /// How deep they may be.
        limit: usize,
    },
    /// There are more files than anybody would write by hand.
    #[error(
        "more than {limit} files and folders in the set; take out links to folders around them, or split the set"
    )]
    TooMany {
        /// How many there may be.
        limit: usize,
    },
    /// The problem's language is none of the set's.
    #[error("field `language`: {language} is none of the set's languages; add it to `languages` in set.toml")]
    Language {
        /// The problem's language.
        language: Language,
    },
    /// Tests of this kind are written in Python's terms.
    #[error("tests by {kind} can be written for Python only, not for {language}; use kind = \"stdio\"")]
    KindNeedsPython {
        /// The kind of the problem's tests.
        kind: TestKind,
        /// The problem's language.
        language: Language,
    },
    /// A statement is missing in one of the set's natural languages.
    #[error(
        "no statement in {0:?}, one of `natural_languages` in set.toml; add `{0}` to [statement]",
        shown(tag)
    )]
    MissingStatement {
        /// The natural language.
        tag: String,
    },
    /// A statement is in a natural language that is none of the set's.
    #[error("field `statement.{}`: no such tag in `natural_languages` of set.toml; add it there", shown(tag))]
    UnknownNaturalLanguage {
        /// The natural language.
        tag: String,
    },
    /// There is none of what a problem needs at least one of.
    #[error("no [[{table}]]; {advice}")]
    None {
        /// The table of which there is none.
        table: &'static str,
        /// What to add and why.
        advice: &'static str,
    },
    /// A field that tests of the problem's kind need is missing.
    #[error("field `{field}` is missing; tests by {kind} need it")]
    MissingForKind {
        /// The field.
        field: String,
        /// The kind of the problem's tests.
        kind: TestKind,
    },
    /// A field has no meaning for tests of the problem's kind.
    #[error("field `{field}` means nothing for tests by {kind}; take it away, or correct `kind`")]
    AlienToKind {
        /// The field.
        field: String,
        /// The kind of the problem's tests.
        kind: TestKind,
    },
    /// The signature is no function's header.
    #[error("field `signature`: {0}")]
    Signature(SignatureError),
    /// Arguments or an expected value are no Python literals.
    #[error("field `{field}`: {}", shown(source))]
    Literal {
        /// The field.
        field: String,
        /// What is wrong with the text.
        source: LiteralError,
    },
    /// A call does not fit the signature.
    #[error(
        "field `{field}`: {given} given, but `{}` takes {takes}; a list of many items needs its brackets",
        shown(function)
    )]
    Arguments {
        /// The field.
        field: String,
        /// How many arguments there are.
        given: usize,
        /// The function's name.
        function: String,
        /// How many it takes, in words.
        takes: String,
    },
    /// The comparison rule can not compare what tests of this kind answer.
    #[error(
        "field `{field}`: the rule can not compare {answers}, which tests by {kind} answer with; {advice}"
    )]
    Comparison {
        /// The field.
        field: String,
        /// What tests of that kind answer with.
        answers: &'static str,
        /// The kind of tests.
        kind: TestKind,
        /// Which rules can.
        advice: &'static str,
    },
    /// A file of the program can not be called so.
    #[error("field `{field}` {source}")]
    FileName {
        /// The field.
        field: &'static str,
        /// What is wrong with the name.
        source: NotAFileName,
    },
    /// A number is out of its range.
    #[error("field `{field}` is {value}; {advice}")]
    Number {
        /// The field.
        field: String,
        /// The number.
        value: f64,
        /// What it must be.
        advice: &'static str,
    },
    /// No right solution is in the problem's language.
    #[error(
        "no solution in {language}, the problem's language; the first one is the reference that sets limits"
    )]
    NoReference {
        /// The problem's language.
        language: Language,
    },
}

fn in_field(field: Option<&str>) -> String {
    field.map(|field| format!("field `{}`: ", shown(field))).unwrap_or_default()
}
