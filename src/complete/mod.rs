//! Completions: what models answer, and where they come from.

use serde::{Deserialize, Serialize};

use crate::problem::TaskId;

pub mod samples;

/// A model's answer to one problem: a line of a run directory's `completions.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// The problem that it answers.
    pub task_id: TaskId,
    /// Which of that problem's completions it is, from 0 in order of appearance.
    pub sample: u32,
    /// The text that follows the prompt.
    pub completion: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_completion_is_stable() {
        let completion = Completion { task_id: "T/0".into(), sample: 2, completion: "    x = 'é'\n".into() };
        let line = r#"{"task_id":"T/0","sample":2,"completion":"    x = 'é'\n"}"#;
        assert_eq!(serde_json::to_string(&completion).unwrap(), line);
        assert_eq!(serde_json::from_str::<Completion>(line).unwrap(), completion);
    }
}
