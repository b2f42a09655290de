//! What a line of `verdicts.jsonl` says.

use serde::{Deserialize, Serialize, Serializer};

use crate::judge::verdict::Judgement;
use crate::judge::{Judgements, NoJudgement};
use crate::problem::TaskId;

/// What was judged of one completion: a line of `verdicts.jsonl`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "VerdictLine<TaskId, Judgement>")]
pub struct VerdictRecord {
    /// The problem.
    pub task_id: TaskId,
    /// Which of its completions.
    pub sample: u32,
    /// What was judged of it.
    pub judgements: Judgements,
}

/// The fields of a line.
#[derive(Serialize, Deserialize)]
struct VerdictLine<T, J> {
    task_id: T,
    sample: u32,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    sealed: Option<J>,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    compat: Option<J>,
}

impl TryFrom<VerdictLine<TaskId, Judgement>> for VerdictRecord {
    type Error = NoJudgement;

    fn try_from(line: VerdictLine<TaskId, Judgement>) -> Result<VerdictRecord, NoJudgement> {
        let VerdictLine { task_id, sample, sealed, compat } = line;
        Ok(VerdictRecord { task_id, sample, judgements: Judgements::from_fields(sealed, compat)? })
    }
}

impl Serialize for VerdictRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let VerdictRecord { task_id, sample, judgements } = self;
        let (sealed, compat) = (judgements.sealed(), judgements.compat());
        VerdictLine { task_id, sample: *sample, sealed, compat }.serialize(serializer)
    }
}
