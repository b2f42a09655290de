//! Reports: what people and programs get to see of a run.

pub mod change;
pub mod check;
pub mod columns;
pub mod escape;
pub mod eval_plus;
pub mod finished;
pub mod fitting;
pub mod head_to_head;
pub mod human_eval;
pub mod leaderboard;
pub mod limits;
pub mod open_reason;
pub mod publish;
pub mod recorded_set;
pub mod results;
pub mod run_name;
pub mod run_samples;
pub mod sample;
pub mod site;
pub mod standings;
pub mod terminal;
pub mod unit;

pub use crate::shown::printable;
use crate::stats::ALPHA;

/// How to read ranks, as tables and pages explain it.
pub fn rule_of_ranks() -> String {
    format!(
        "Ranks: at best 1 + the number of runs that are significantly better, at worst the number of all runs − those that \
         are significantly worse (p below {ALPHA}, each pair of runs by itself)."
    )
}
