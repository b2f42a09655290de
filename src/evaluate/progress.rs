//! What a run of a model has so far.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::complete::answered::AnsweredSample;
use crate::problem::ProblemSet;
use crate::record::{JudgedProgram, LineAt, ProgramDigest};

/// What a run has so far: which samples are answered, and which programs they are.
#[derive(Debug, Default)]
pub(super) struct RunProgress {
    samples: Vec<Sample>,
    programs: IndexMap<(usize, ProgramDigest), Program>,
    /// Samples that have a verdict.
    judged: u64,
    /// Those of them that pass.
    passed: u64,
}

/// A sample that was answered.
#[derive(Clone, Copy, Debug)]
struct Sample {
    /// The problem's position in the set.
    position: usize,
    sample: u32,
    answer: LineAt,
    /// The program's place among the programs.
    program: usize,
}

/// A program, the same for one or several samples of a problem.
#[derive(Clone, Copy, Debug)]
struct Program {
    /// An answer that it was found in.
    answer: LineAt,
    /// How many samples have it.
    samples: u64,
    judged: Option<Judged>,
}

#[derive(Clone, Copy, Debug)]
struct Judged {
    at: LineAt,
    passes: bool,
}

impl RunProgress {
    /// Takes in an answer. Tells which program it is, and whether that is a new one.
    pub(super) fn add_answer(
        &mut self,
        set: &ProblemSet,
        at: LineAt,
        answered: &AnsweredSample,
    ) -> (usize, bool) {
        let Some(position) = set.position(answered.task_id.as_str()) else { return (usize::MAX, false) };
        let digest = ProgramDigest::of_answered(answered);
        let count = self.programs.len();
        let entry = self.programs.entry((position, digest));
        let program = entry.index();
        let known = entry.or_insert(Program { answer: at, samples: 0, judged: None });
        known.samples += 1;
        if let Some(judged) = known.judged {
            self.judged += 1;
            self.passed += u64::from(judged.passes);
        }
        self.samples.push(Sample { position, sample: answered.sample, answer: at, program });
        (program, program == count)
    }

    /// Takes in the judgement of a program. An inconclusive verdict is the harness's failure: such a program has to be
    /// judged again.
    pub(super) fn add_judged(&mut self, set: &ProblemSet, at: LineAt, judged: &JudgedProgram) {
        let judgements = &judged.judgements;
        let Some(position) = set.position(judged.task_id.as_str()) else { return };
        if judgements.any_inconclusive() {
            return;
        }
        if let Some(program) = self.programs.get_index_of(&(position, judged.program.clone())) {
            self.set_judged(program, at, judgements.passes());
        }
    }

    pub(super) fn set_judged(&mut self, program: usize, at: LineAt, passes: bool) {
        let program = &mut self.programs[program];
        if program.judged.replace(Judged { at, passes }).is_none() {
            self.judged += program.samples;
            self.passed += if passes { program.samples } else { 0 };
        }
    }

    /// Which samples of a problem are answered, by its position in the set.
    pub(super) fn answered(&self) -> HashMap<usize, Vec<u32>> {
        let mut answered: HashMap<usize, Vec<u32>> = HashMap::new();
        for sample in &self.samples {
            answered.entry(sample.position).or_default().push(sample.sample);
        }
        answered
    }

    /// How many samples are answered.
    pub(super) fn answers(&self) -> u64 {
        self.samples.len() as u64
    }

    /// How many samples have a verdict.
    pub(super) fn judged(&self) -> u64 {
        self.judged
    }

    /// How many samples pass.
    pub(super) fn passed(&self) -> u64 {
        self.passed
    }

    /// The programs without a verdict, each with an answer that it was found in.
    pub(super) fn unjudged(&self) -> impl Iterator<Item = (usize, LineAt)> {
        let programs = self.programs.values().enumerate();
        programs
            .filter(|(_, program)| program.judged.is_none())
            .map(|(index, program)| (index, program.answer))
    }

    /// How many problems have a sample that passes.
    pub(super) fn solved(&self) -> u64 {
        let passing =
            self.programs.iter().filter(|(_, program)| program.judged.is_some_and(|judged| judged.passes));
        let mut positions: Vec<usize> = passing.map(|((position, _), _)| *position).collect();
        positions.sort_unstable();
        positions.dedup();
        positions.len() as u64
    }

    /// Every answer with its verdict, in the order of the set. Samples without one are left out.
    pub(super) fn in_order(&self) -> Vec<(LineAt, LineAt)> {
        let mut samples: Vec<&Sample> = self.samples.iter().collect();
        samples.sort_unstable_by_key(|sample| (sample.position, sample.sample));
        samples.dedup_by_key(|sample| (sample.position, sample.sample));
        samples
            .into_iter()
            .filter_map(|sample| Some((sample.answer, self.programs[sample.program].judged?.at)))
            .collect()
    }
}
