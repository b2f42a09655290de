//! The problems' own reference solutions: what a perfect model would answer, every time.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;

use super::error::AskError;
use super::{Identity, Provider};
use crate::complete::Form;
use crate::complete::query::{FinishReason, Query, RawAnswer};
use crate::problem::ProblemSet;

/// Answers with reference solutions.
pub struct Reference {
    problems: Arc<ProblemSet>,
}

impl Reference {
    /// The reference solutions of these problems.
    pub fn new(problems: Arc<ProblemSet>) -> Reference {
        Reference { problems }
    }
}

#[async_trait]
impl Provider for Reference {
    async fn ask(&self, query: &Query) -> Result<Vec<RawAnswer>, AskError> {
        let problem = self.problems.problem(query.task_id.as_str()).map_err(|error| AskError::Local {
            action: format!("can not read the problem {}", query.task_id),
            source: io::Error::other(error),
        })?;
        let reference = problem.reference().ok_or(AskError::NoReference)?;
        let answer = RawAnswer {
            finish: FinishReason::Stop,
            form: Some(Form::Continuation),
            ..RawAnswer::new(&reference.source)
        };
        Ok(vec![answer; query.count() as usize])
    }

    fn most_samples(&self) -> u32 {
        64
    }

    fn identity(&self) -> Option<Identity> {
        None
    }
}
