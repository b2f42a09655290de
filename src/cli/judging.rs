//! What `karat score` and `karat run` share: how completions are judged and scored.

use clap::Args;
use jiff::civil::Date;

use super::shared::{DatasetArguments, JobsArguments};
use crate::evaluate::Rules;
use crate::evaluate::group::GroupBy;
use crate::judge::limits::Limits;
use crate::judge::verdict::Judging;
use crate::sandbox::{Bytes, Fuel, MOST_MEMORY, QuantityError};
use crate::shown;

/// By which rules, within which limits, and what is counted.
#[derive(Debug, Args)]
pub(super) struct JudgeArguments {
    #[command(flatten, next_help_heading = "Judging")]
    dataset: DatasetArguments,

    /// By which rules a completion passes.
    #[arg(long, value_enum, default_value_t = Judging::Sealed, help_heading = "Judging")]
    judging: Judging,

    /// The k of pass@k, one or several [default: 1, and 10 and 100 where every problem has as many samples].
    #[arg(long, value_name = "K", value_delimiter = ',', help_heading = "Judging", value_parser = clap::value_parser!(u64).range(1..))]
    k: Vec<u64>,

    #[command(flatten, next_help_heading = "Judging")]
    jobs: JobsArguments,

    /// Fuel limit of an execution, as in 500M or 30G [default: ten times what the reference solution burns, at least
    /// the time limit of the problem or its data set; compatible judging: the data set's time limit].
    #[arg(long, value_name = "FUEL", help_heading = "Judging", value_parser = fuel_limit)]
    fuel: Option<Fuel>,

    /// Memory limit of an execution.
    #[arg(long, value_name = "SIZE", default_value = "512MiB", help_heading = "Judging", value_parser = memory_limit)]
    memory: Bytes,

    /// How much an execution may write to standard output and standard error; twice what its test expects, where that
    /// is more.
    #[arg(long, value_name = "SIZE", default_value = "1MiB", help_heading = "Judging")]
    output_limit: Bytes,

    /// Wall-clock backstop of an execution, in seconds. It never fails a completion: what it stops is judged once
    /// more, alone, and is then inconclusive [default: 60 and one for every 1G of the fuel limit].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Judging")]
    backstop: Option<u64>,

    /// Stop at the first test of a problem that a completion fails [default, where the set's metrics allow it].
    #[arg(long, conflicts_with = "all_tests", help_heading = "Judging")]
    stop_at_first_failure: bool,

    /// Run all tests of a problem although one failed [default for APPS, whose test case average needs it].
    #[arg(long, help_heading = "Judging")]
    all_tests: bool,

    /// Also group the scores, by one or several of these [default: by difficulty for APPS, LiveCodeBench and sets in
    /// Karat's own format].
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',', help_heading = "Judging")]
    by: Vec<GroupBy>,

    /// Only problems published on this day or later, as in 2024-08-01. Problems without a date are left out, and so
    /// are the completions of all problems that are.
    #[arg(long, value_name = "DATE", help_heading = "Judging")]
    from: Option<Date>,

    /// Only problems published on this day or earlier.
    #[arg(long, value_name = "DATE", help_heading = "Judging")]
    to: Option<Date>,
}

fn memory_limit(text: &str) -> Result<Bytes, String> {
    let memory: Bytes = text.parse().map_err(|error: QuantityError| error.to_string())?;
    if memory > MOST_MEMORY {
        return Err(format!("a cell has at most {}", shown::bytes(MOST_MEMORY.0)));
    }
    Ok(memory)
}

fn fuel_limit(text: &str) -> Result<Fuel, String> {
    let fuel: Fuel = text.parse().map_err(|error: QuantityError| error.to_string())?;
    let limits = Limits { fuel: Some(fuel), ..Limits::default() };
    limits.refuse_little_fuel().map(|()| fuel).map_err(|error| error.to_string())
}

impl JudgeArguments {
    /// How many programs are executed at once, if that is said.
    pub(super) fn jobs(&self) -> Option<u16> {
        self.jobs.jobs
    }

    /// What they say.
    pub(super) fn rules(&self) -> Rules {
        Rules {
            dataset: self.dataset.dataset,
            judging: self.judging,
            ks: self.k.clone(),
            limits: Limits {
                fuel: self.fuel,
                memory: self.memory,
                output: self.output_limit,
                backstop_seconds: self.backstop,
            },
            all_tests: match (self.all_tests, self.stop_at_first_failure) {
                (true, _) => Some(true),
                (false, true) => Some(false),
                (false, false) => None,
            },
            group_by: self.by.clone(),
            from: self.from,
            to: self.to,
        }
    }
}
