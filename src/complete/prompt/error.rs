//! What goes wrong with templates and prompts.

use std::io;
use std::path::PathBuf;

use crate::problem::TaskId;
use crate::shown::{shown, shown_text};

/// Why there is no prompt. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The folder of a user's templates, or a file in it, can not be read.
    #[error("{}: can not be read; give a folder of templates (.toml)", shown(path.display()))]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A template's file is not as it must be.
    #[error("{}: {}", shown(file), shown_text(message))]
    Malformed {
        /// The template's file.
        file: String,
        /// What is wrong, and where.
        message: String,
    },
    /// There is no such template.
    #[error("there is no prompt template {:?}; there are {}", shown(name), shown_text(there.join(", ")))]
    Unknown {
        /// The name that was given.
        name: String,
        /// The names of the templates.
        there: Vec<String>,
    },
    /// A template can not be filled in.
    #[error("{}: `{field}` can not be filled in for {task_id}: {}", shown(file), shown_text(message))]
    Render {
        /// The template's file.
        file: String,
        /// The field in it.
        field: &'static str,
        /// The problem.
        task_id: TaskId,
        /// What is wrong, and in which line.
        message: String,
    },
    /// The problem is not there in the natural language.
    #[error("{task_id} has no statement in {:?}; {}", shown(wanted), languages(there))]
    NaturalLanguage {
        /// The problem.
        task_id: TaskId,
        /// The language that was asked for.
        wanted: String,
        /// The languages of the statement, the default first.
        there: Vec<String>,
    },
    /// There are too few solved problems to show.
    #[error(
        "the template {} shows {wanted} solved problems, and the set has {there} for that: problems with a reference \
         solution and the tag few-shot (MBPP: tasks 2, 3 and 4); tag some of a set of your own, set `count` in a template of \
         your own, or choose another one",
        shown(template)
    )]
    Shots {
        /// The template's name.
        template: String,
        /// How many it shows.
        wanted: usize,
        /// How many there are.
        there: usize,
    },
}

fn languages(there: &[String]) -> String {
    match there {
        [] => "it has its prompt alone; leave the language out".to_owned(),
        there => format!("choose among {}", shown(there.join(", "))),
    }
}
