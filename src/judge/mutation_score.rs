//! How many mutants of a reference solution a problem's tests catch.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use super::Judge;
use super::harden::{Fate, Opponent, OpponentKind};
use super::mutate::{Mutant, mutants};
use super::reference::ReferenceRun;
use crate::complete::Answer;
use crate::problem::{Language, Problem};

/// On how many inputs a mutant that passes must do what the reference solution does to be taken for its equal.
pub const INPUTS: usize = 100;

/// The least share of mutants that good tests catch.
pub const GOOD_SCORE: f64 = 0.95;

/// The result of judging the mutants of a problem's reference solution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MutationScore {
    /// Mutants that are programs.
    pub mutants: u32,
    /// Those that the tests catch.
    pub caught: u32,
    /// Those that pass and do what right solutions do on all inputs that were tried: they count as right.
    pub equivalent: u32,
    /// How many inputs were tried.
    pub inputs: u32,
    /// Those that pass though an input tells them from right solutions.
    pub weaknesses: Vec<Weakness>,
    /// Those that pass, and no input could be made to tell; why not is in `reason`.
    pub undecided: Vec<Mutant>,
    /// Why no inputs could be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A mutant that passes although it is wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weakness {
    /// The mutant.
    #[serde(flatten)]
    pub mutant: Mutant,
    /// An input on which it does not do what right solutions do.
    pub input: String,
}

impl MutationScore {
    /// Of the mutants that change what the program does, how many are caught; those that could not be decided count
    /// as such. Nothing where there are none.
    pub fn score(&self) -> Option<f64> {
        let all = self.changing();
        (all > 0).then(|| f64::from(self.caught) / f64::from(all))
    }

    /// How many mutants are not known to do the same as the program.
    pub fn changing(&self) -> u32 {
        self.mutants - self.equivalent
    }

    /// Whether fewer are caught than should be.
    pub fn is_weak(&self) -> bool {
        self.score().is_some_and(|score| score < GOOD_SCORE)
    }
}

impl Judge<'_> {
    /// Judges at most `most` mutants of a problem's reference solution. Nothing for problems without one, and for
    /// languages other than Python.
    pub fn mutation_score(
        &self,
        problem: &Problem,
        reference: Option<&ReferenceRun>,
        most: usize,
    ) -> Option<MutationScore> {
        let source = &problem.reference().filter(|_| problem.language == Language::Python)?.source;
        let judged: Vec<(Mutant, Opponent, Fate)> = mutants(source, most)
            .into_par_iter()
            .map(|mutant| {
                let program = Answer::continuation(&mutant.source).program_for(problem);
                let opponent = Opponent { name: mutant.describe(), program, kind: OpponentKind::Mutant };
                let fate = self.fate(problem, reference, &opponent);
                (mutant, opponent, fate)
            })
            .collect();
        let count = |fate| judged.iter().filter(|(.., other)| *other == fate).count() as u32;
        let caught = count(Fate::Caught);
        let mut score =
            MutationScore { mutants: caught + count(Fate::Passes), caught, ..MutationScore::default() };
        let passing: Vec<(Mutant, Opponent)> = judged
            .into_iter()
            .filter(|(.., fate)| *fate == Fate::Passes)
            .map(|(mutant, opponent, _)| (mutant, opponent))
            .collect();
        if passing.is_empty() {
            return Some(score);
        }
        let samples = match self.settled_inputs(problem, reference, INPUTS) {
            Ok(samples) if samples.is_empty() => {
                Err("no new input is one that all right solutions agree on".into())
            }
            Ok(samples) => Ok(samples),
            Err(error) => Err(error.to_string()),
        };
        let samples = match samples {
            Ok(samples) => samples,
            Err(reason) => {
                score.reason = Some(reason);
                score.undecided = passing.into_iter().map(|(mutant, _)| mutant).collect();
                return Some(score);
            }
        };
        score.inputs = samples.len() as u32;
        let told =
            passing.par_iter().map(|(_, opponent)| self.told_apart(problem, &opponent.program, &samples));
        let told: Vec<_> = told.collect();
        for ((mutant, _), input) in passing.into_iter().zip(told) {
            match input {
                Some(input) => score.weaknesses.push(Weakness { mutant, input: input.shown() }),
                None => score.equivalent += 1,
            }
        }
        Some(score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_of_mutants_that_change_something() {
        let mutant = Mutant { line: 1, before: "<".into(), after: "<=".into(), source: String::new() };
        let score = MutationScore { mutants: 25, caught: 19, equivalent: 5, ..MutationScore::default() };
        let weak = Weakness { mutant: mutant.clone(), input: "1".into() };
        let score = MutationScore { weaknesses: vec![weak], ..score };
        assert_eq!((score.changing(), score.score(), score.is_weak()), (20, Some(0.95), false));
        let score = MutationScore { mutants: 26, undecided: vec![mutant], ..score };
        assert!(score.is_weak());
        assert_eq!(MutationScore::default().score(), None);
        assert!(!MutationScore::default().is_weak());
    }
}
