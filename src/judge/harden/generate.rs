//! Inputs that a problem's tests do not have, with what right solutions answer to them.

use std::collections::HashSet;

use fastrand::Rng;

use super::HardenError;
use super::answers::{Answered, ProgramAnswer, Subject, reads_standard_input, tight};
use super::hint::Hint;
use super::inputs::{Arguments, size};
use super::opponent::program_of;
use super::seeds::{TestInput, seeds};
use super::text::Texts;
use crate::judge::Judge;
use crate::judge::reference::ReferenceRun;
use crate::problem::Problem;
use crate::python::{TokenKind, tokens};
use crate::runner::Returned;
use crate::sandbox::Fuel;

/// Larger inputs, in values or tens of characters, are no seeds: most of what is interesting happens in small ones.
const LARGEST_SEED: usize = 200;

/// Inputs on which the reference solution burns more are left out, unless all tests do: many light ones tell more than
/// a few heavy ones.
const LIGHT: Fuel = Fuel(300_000_000);

/// How many inputs are made for each that is wanted, at most.
const PATIENCE: usize = 12;

/// How many right solutions must agree on an input, at most; published sets have some problems with hundreds.
const MOST_RIGHT: usize = 4;

/// An input on which the right solutions agree.
#[derive(Debug)]
pub(in crate::judge) struct Settled {
    pub(super) input: TestInput,
    /// What the reference solution answers.
    pub(super) expected: ProgramAnswer,
    /// What it burns.
    pub(super) fuel: Fuel,
}

impl Judge<'_> {
    /// Makes inputs that fulfil the problem's constraints and on which all its right solutions agree, at most
    /// `wanted`; the smallest first. The same problem always has the same.
    pub(in crate::judge) fn settled_inputs(
        &self,
        problem: &Problem,
        reference: Option<&ReferenceRun>,
        wanted: usize,
    ) -> Result<Vec<Settled>, HardenError> {
        let right = problem.references.iter().filter(|solution| solution.is_in_language_of(problem));
        let right: Vec<Subject> = right
            .take(MOST_RIGHT)
            .filter_map(|solution| self.subject(problem, &program_of(solution, problem)))
            .collect();
        let Some((first, others)) = right.split_first() else { return Err(HardenError::NoReference) };
        let known: Vec<TestInput> = seeds(problem).into_iter().map(|(_, input)| input).collect();
        let lightest = (0..problem.tests.len()).filter_map(|test| reference?.fuel(test)).min();
        let limit = lightest.map_or(LIGHT, |Fuel(least)| LIGHT.max(Fuel(least.saturating_mul(2))));
        let source = self.source(problem, reference, limit)?;
        let mut seen: HashSet<String> = known.iter().map(TestInput::shown).collect();
        let digest = blake3::hash(problem.task_id.as_str().as_bytes());
        let mut random =
            Rng::with_seed(u64::from_le_bytes(std::array::from_fn(|place| digest.as_bytes()[place])));

        let mut settled: Vec<Settled> = Vec::new();
        for _ in 0..PATIENCE {
            let mut made: Vec<TestInput> = (0..wanted).map(|_| source.next(&mut random)).collect();
            made.retain(|input| seen.insert(input.shown()));
            let admitted = self.admitted(problem, &made).map_err(HardenError::Constraints)?;
            let mut admitted = admitted.into_iter();
            made.retain(|_| admitted.next().unwrap_or(false));
            made.truncate(2 * (wanted - settled.len()));
            settled.extend(self.settle(problem, first, others, limit, made));
            if settled.len() >= wanted {
                break;
            }
        }
        settled.truncate(wanted);
        settled.sort_by_cached_key(|settled| settled.input.shown().len());
        Ok(settled)
    }

    /// Those inputs that the reference answers and on which the others agree with it.
    fn settle(
        &self,
        problem: &Problem,
        reference: &Subject,
        others: &[Subject],
        limit: Fuel,
        made: Vec<TestInput>,
    ) -> Vec<Settled> {
        let asked: Vec<&TestInput> = made.iter().collect();
        let replies = self.answers(problem, reference, &asked, |_| limit);
        let mut settled: Vec<Settled> = made
            .into_iter()
            .zip(replies)
            .filter(|(_, answered)| can_be_expected(&answered.reply))
            .map(|(input, Answered { reply: expected, fuel })| Settled { input, expected, fuel })
            .collect();
        for other in others {
            let asked: Vec<&TestInput> = settled.iter().map(|settled| &settled.input).collect();
            let replies =
                self.answers(problem, other, &asked, |index| Fuel(5 * tight(settled[index].fuel).0));
            let mut replies = replies.into_iter();
            settled.retain(|Settled { input, expected, .. }| {
                replies.next().is_some_and(|answered| self.same(problem, input, expected, &answered.reply))
            });
        }
        settled
    }

    /// Where new inputs come from.
    fn source(
        &self,
        problem: &Problem,
        reference: Option<&ReferenceRun>,
        limit: Fuel,
    ) -> Result<Source, HardenError> {
        let mut known = seeds(problem);
        known.sort_by_key(|(_, input)| input_size(input));
        let light = |test: usize| reference.and_then(|run| run.fuel(test)).is_none_or(|fuel| fuel <= limit);
        let small =
            |&(test, ref input): &(usize, TestInput)| input_size(input) <= LARGEST_SEED && light(test);
        let (mut chosen, rest): (Vec<_>, Vec<_>) = known.into_iter().partition(small);
        if chosen.is_empty() {
            chosen.extend(rest.into_iter().take(1));
        }
        let inputs: Vec<TestInput> = chosen.into_iter().map(|(_, input)| input).collect();
        let admitted = self.admitted(problem, &inputs).map_err(HardenError::Constraints)?;
        if !inputs.is_empty() && !admitted.contains(&true) {
            return Err(HardenError::Constraints("no input of the problem's own tests fulfils them".into()));
        }
        let inputs =
            inputs.into_iter().zip(admitted).filter_map(|(input, admitted)| admitted.then_some(input));
        if reads_standard_input(problem) {
            let texts: Vec<String> = inputs
                .filter_map(|input| match input {
                    TestInput::Text(text) => Some(text),
                    TestInput::Arguments(_) => None,
                })
                .collect();
            return if texts.is_empty() {
                Err(HardenError::NoInputs)
            } else {
                Ok(Source::Texts(Texts::new(texts)))
            };
        }
        let calls: Vec<_> = inputs
            .filter_map(|input| match input {
                TestInput::Arguments(arguments) => Some(arguments),
                TestInput::Text(_) => None,
            })
            .collect();
        if calls.iter().all(Vec::is_empty) {
            return Err(HardenError::NoInputs);
        }
        let declared = problem.starter_code.as_deref().map(Hint::of_parameters).unwrap_or_default();
        Ok(Source::Arguments(Arguments::new(calls, declared, &limits(&problem.input_constraints))))
    }
}

/// Makes inputs.
enum Source {
    Arguments(Arguments),
    Texts(Texts),
}

impl Source {
    fn next(&self, random: &mut Rng) -> TestInput {
        match self {
            Source::Arguments(arguments) => TestInput::Arguments(arguments.next(random)),
            Source::Texts(texts) => TestInput::Text(texts.next(random)),
        }
    }
}

/// Only data can be expected of a call.
fn can_be_expected(reply: &ProgramAnswer) -> bool {
    matches!(reply, ProgramAnswer::Value(Returned::Data(_)) | ProgramAnswer::Text(_))
}

fn input_size(input: &TestInput) -> usize {
    match input {
        TestInput::Arguments(arguments) => arguments.iter().map(size).sum(),
        TestInput::Text(text) => text.len() / 10,
    }
}

/// The integers that constraints name, powers among them.
fn limits(constraints: &[String]) -> Vec<i64> {
    let mut found = Vec::new();
    for constraint in constraints {
        let tokens = tokens(constraint);
        let number = |index: usize| -> Option<i64> {
            let token = tokens.get(index).filter(|token| token.kind == TokenKind::Number)?;
            token.text.replace('_', "").parse().ok()
        };
        for index in 0..tokens.len() {
            let Some(base) = number(index) else { continue };
            let power = tokens.get(index + 1).filter(|token| token.is("**")).and_then(|_| number(index + 2));
            let exponent = power.and_then(|power| u32::try_from(power).ok());
            found.push(exponent.and_then(|exponent| base.checked_pow(exponent)).unwrap_or(base));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_name_limits() {
        let constraints = ["0 <= len(a) <= 10**5".to_owned(), "all(x < 1_000 for x in a)".to_owned()];
        assert_eq!(limits(&constraints), [0, 5, 1000, 100_000]);
    }
}
