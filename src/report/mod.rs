//! Reports: what people and programs get to see of a run.

pub mod check;
pub mod escape;
pub mod generation;
pub mod group;
pub mod human_eval;
pub mod leaderboard;
pub mod limits;
pub mod publish;
pub mod results;
pub mod sample;
pub mod site;
pub mod standings;
pub mod summary;
pub mod terminal;

pub use crate::shown::printable;
