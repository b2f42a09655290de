//! What it took to get the completions of a run: tokens, money, time.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::answer_endings::{AnswerEndings, is_zero};
use crate::complete::answered::AnsweredSample;
use crate::complete::left_out::Additions;
use crate::complete::model_spec::without_folders;
use crate::complete::price::Price;
use crate::complete::query::{RawAnswer, Usage};
use crate::problem::TaskId;

/// What it took to get the answers of a run. What the server did not report, or has no known price, is unknown, not
/// zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The model, without the address that was asked.
    pub model: String,
    /// What the server says that it served, in the order of the alphabet; several where it changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub served_models: Vec<String>,
    /// Samples that were wanted.
    pub wanted: u64,
    /// Samples that were answered; only these are scored.
    pub answered: u64,
    /// Tokens of the prompts.
    pub input_tokens: Option<u64>,
    /// Tokens of the answers, thinking included.
    pub output_tokens: Option<u64>,
    /// Tokens of the prompts that came from the server's cache.
    pub cached_tokens: Option<u64>,
    /// Tokens of the answers that were thinking.
    pub reasoning_tokens: Option<u64>,
    /// What the model's tokens cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// What all answers cost in US dollars, whenever they were paid.
    pub cost: Option<f64>,
    /// Problems with a completion that passed.
    pub solved: u64,
    /// [`cost`](Self::cost) divided by [`solved`](Self::solved).
    pub cost_per_solved: Option<f64>,
    /// The median time of a request, in milliseconds.
    pub median_latency_ms: Option<u64>,
    /// How the answers ended.
    #[serde(flatten)]
    pub ends: AnswerEndings,
    /// Problems with several samples, all of which have the same text, and have one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub problems_of_equal_samples: u64,
    /// What the server refuses of what Karat adds by itself, so that requests did without.
    #[serde(default, skip_serializing_if = "Additions::is_empty")]
    pub left_out: Additions,
}

/// The samples of the current problem; those of one problem come one after the other.
#[derive(Debug, Default)]
struct Current {
    task_id: Option<TaskId>,
    first: String,
    samples: u64,
    are_equal: bool,
}

impl Current {
    /// Takes the next sample, and says whether those of the problem before it were several and all the same.
    fn next(&mut self, answered: &AnsweredSample) -> bool {
        if self.task_id.as_ref() == Some(&answered.task_id) {
            self.samples += 1;
            self.are_equal &= self.first == answered.answer.text;
            return false;
        }
        let equal = self.were_equal();
        let (task_id, first) = (Some(answered.task_id.clone()), answered.answer.text.clone());
        *self = Current { task_id, first, samples: 1, are_equal: true };
        equal
    }

    fn were_equal(&self) -> bool {
        self.samples > 1 && self.are_equal && !self.first.trim().is_empty()
    }
}

impl Generation {
    /// What a reader has to know of how the answers came about, a sentence each, given their temperature and the number
    /// of problems.
    pub fn notes(&self, temperature: Option<f64>, problems: u64) -> Vec<String> {
        let mut notes = self.ends.notes(self.wanted, self.answered);
        if let Some(temperature) = temperature.filter(|temperature| *temperature > 0.0)
            && self.problems_of_equal_samples > 0
        {
            notes.push(format!(
                "All samples are equal of {} of {problems} problems, although the temperature is {temperature}: the server \
                 may not know of it, or answer from a cache.",
                self.problems_of_equal_samples
            ));
        }
        if !self.left_out.is_empty() {
            notes.push(format!(
                "The server refuses part of what Karat asks by itself, so that {}.",
                self.left_out
            ));
        }
        notes
    }
}

/// Collects answers one by one.
#[derive(Debug)]
pub struct GenerationTally {
    price: Option<Price>,
    usage: Usage,
    cost: Option<f64>,
    latencies: Vec<u64>,
    served_models: BTreeSet<String>,
    answered: u64,
    ends: AnswerEndings,
    current: Current,
    equal: u64,
    left_out: Additions,
}

impl GenerationTally {
    /// No answers yet.
    pub fn new(price: Option<Price>) -> GenerationTally {
        let none = Some(0);
        let usage = Usage { input: none, output: none, cached: none, reasoning: none };
        GenerationTally {
            price,
            usage,
            cost: Some(0.0),
            latencies: Vec::new(),
            served_models: BTreeSet::new(),
            answered: 0,
            ends: AnswerEndings::default(),
            current: Current::default(),
            equal: 0,
            left_out: Additions::default(),
        }
    }

    /// Takes a sample. Those of one problem come one after the other.
    pub fn add(&mut self, answered: &AnsweredSample) {
        self.equal += u64::from(self.current.next(answered));
        self.add_answer(&answered.answer);
    }

    /// Takes an answer, of whichever sample.
    pub fn add_answer(&mut self, answer: &RawAnswer) {
        self.ends.add(answer);
        self.left_out = self.left_out.and(answer.left_out);
        let add = |sum: &mut Option<u64>, count: Option<u64>| {
            *sum = sum.zip(count).map(|(sum, count)| sum.saturating_add(count)); // counts are a server's word
        };
        add(&mut self.usage.input, answer.usage.input);
        add(&mut self.usage.output, answer.usage.output);
        add(&mut self.usage.cached, answer.usage.cached);
        add(&mut self.usage.reasoning, answer.usage.reasoning);
        let cost = self.price.and_then(|price| price.cost(&answer.usage));
        self.cost = self.cost.zip(cost).map(|(sum, cost)| sum + cost);
        if answer.latency_ms > 0 {
            self.latencies.push(answer.latency_ms);
        }
        if let Some(model) = &answer.served_model {
            self.served_models.insert(without_folders(model));
        }
        self.answered += 1;
    }

    /// The total for `wanted` samples and with `solved` problems solved; `failed` is how samples without an answer
    /// ended.
    pub fn generation(
        mut self,
        model: String,
        wanted: u64,
        solved: u64,
        failed: AnswerEndings,
    ) -> Generation {
        self.latencies.sort_unstable();
        let known = self.answered > 0;
        let cost = self.cost.filter(|_| known);
        Generation {
            model,
            served_models: self.served_models.into_iter().collect(),
            wanted,
            answered: self.answered,
            input_tokens: self.usage.input.filter(|_| known),
            output_tokens: self.usage.output.filter(|_| known),
            cached_tokens: self.usage.cached.filter(|_| known),
            reasoning_tokens: self.usage.reasoning.filter(|_| known),
            price: self.price,
            cost,
            solved,
            cost_per_solved: cost.filter(|_| solved > 0).map(|cost| cost / solved as f64),
            median_latency_ms: self.latencies.get(self.latencies.len().saturating_sub(1) / 2).copied(),
            ends: self.ends.with_failed(&failed),
            problems_of_equal_samples: self.equal + u64::from(self.current.were_equal()),
            left_out: self.left_out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complete::extract::AnswerKind;
    use crate::complete::left_out::Addition;
    use crate::complete::query::FinishReason;
    use crate::problem::{Language, Problem};

    fn sample(task: &str, answer: RawAnswer) -> AnsweredSample {
        AnsweredSample::new(&Problem::new(task, Language::Python), 0, answer, AnswerKind::Chat)
    }

    fn answer(input: Option<u64>, latency_ms: u64) -> AnsweredSample {
        let usage = Usage { input, output: Some(1_000_000), ..Usage::default() };
        sample("t", RawAnswer { usage, latency_ms, ..RawAnswer::new("x") })
    }

    fn generation(tally: GenerationTally, wanted: u64, solved: u64) -> Generation {
        tally.generation("m".into(), wanted, solved, AnswerEndings::default())
    }

    #[test]
    fn costs_add_up_and_what_is_unknown_stays_unknown() {
        let price = Price { input: 1.0, output: 2.0, cached: None };
        let mut tally = GenerationTally::new(Some(price));
        for latency in [30, 10, 20] {
            tally.add(&answer(Some(1_000_000), latency));
        }
        let whole = generation(tally, 4, 2);
        assert_eq!((whole.cost, whole.cost_per_solved), (Some(9.0), Some(4.5)));
        assert_eq!((whole.input_tokens, whole.cached_tokens), (Some(3_000_000), None));
        assert_eq!((whole.answered, whole.median_latency_ms), (3, Some(20)));
        assert!(whole.notes(None, 1).is_empty());

        let mut tally = GenerationTally::new(Some(price));
        tally.add(&answer(Some(1), 0));
        tally.add(&answer(None, 0));
        let part = generation(tally, 2, 0);
        assert_eq!((part.cost, part.input_tokens, part.cost_per_solved), (None, None, None));
        assert_eq!((part.output_tokens, part.median_latency_ms), (Some(2_000_000), None));
        let nothing = generation(GenerationTally::new(None), 2, 0);
        assert_eq!((nothing.cost, nothing.output_tokens), (None, None));
    }

    #[test]
    fn answers_that_are_not_whole_are_counted() {
        let mut tally = GenerationTally::new(None);
        let ended = |text: &str, finish| sample("t", RawAnswer { finish, ..RawAnswer::new(text) });
        for (text, finish) in [
            ("def", FinishReason::Length),
            ("", FinishReason::Length),
            (" ", FinishReason::Stop),
            ("I can not.", FinishReason::Refusal),
            ("def", FinishReason::ContentFilter),
            ("x", FinishReason::Stop),
        ] {
            tally.add(&ended(text, finish));
        }
        let failed = AnswerEndings { empty: 1, refused: 2, filtered: 3, ..AnswerEndings::default() };
        let all = tally.generation("m".into(), 12, 0, failed);
        assert_eq!((all.ends.cut_off, all.ends.cut_off_without_text), (2, 1));
        assert_eq!((all.ends.empty, all.ends.refused, all.ends.filtered), (2, 3, 4));
        let json = serde_json::to_value(&all).unwrap();
        assert_eq!((&json["cut_off"], json.get("prompts_cut")), (&2.into(), None));
        assert_eq!(serde_json::from_value::<Generation>(json).unwrap(), all);
        insta::assert_snapshot!(all.notes(None, 1).join("\n"), @r"
        Cut off at the limit of tokens: 2 of 6 answers, 1 of them before there was any text. With more tokens (--max-tokens, or the server's own limit) more of them might pass.
        Empty, and nothing is said to have cut them off: 2 of 12 samples.
        Refused by the model: 3 of 12 samples.
        Ended or kept back by a filter of the server: 4 of 12 samples.
        ");
    }

    #[test]
    fn what_a_server_refuses_of_any_request_is_kept_and_said() {
        let without = |additions: &[Addition]| {
            let left_out = additions.iter().copied().collect();
            sample("t", RawAnswer { left_out, ..RawAnswer::new("x") })
        };
        let mut tally = GenerationTally::new(None);
        tally.add(&without(&[]));
        tally.add(&without(&[Addition::SystemMessage]));
        tally.add(&without(&[Addition::SystemMessage, Addition::Seed]));
        let all = generation(tally, 3, 0);
        let json = serde_json::to_value(&all).unwrap();
        assert_eq!(json["left_out"], serde_json::json!(["system_message", "seed"]));
        assert_eq!(serde_json::from_value::<Generation>(json).unwrap(), all);
        insta::assert_snapshot!(all.notes(None, 1).join("\n"), @"The server refuses part of what Karat asks by itself, so that what the system's message says begins the user's; requests have no seed, and another run gets other answers.");

        let mut tally = GenerationTally::new(None);
        tally.add(&without(&[]));
        let none = generation(tally, 1, 0);
        assert!(
            none.notes(Some(0.8), 1).is_empty()
                && serde_json::to_value(&none).unwrap().get("left_out").is_none()
        );
    }

    #[test]
    fn equal_samples_are_those_of_one_problem_with_several() {
        let mut tally = GenerationTally::new(None);
        for (task, text) in
            [("a", "x"), ("a", "x"), ("b", "x"), ("c", "x"), ("c", "y"), ("d", "z"), ("d", "z")]
        {
            tally.add(&sample(task, RawAnswer::new(text)));
        }
        let all = generation(tally, 7, 0);
        let mut blank = GenerationTally::new(None);
        (0..2).for_each(|_| blank.add(&sample("a", RawAnswer::new(""))));
        assert_eq!(generation(blank, 2, 0).problems_of_equal_samples, 0, "there is nothing to be equal");
        assert_eq!(all.problems_of_equal_samples, 2);
        assert!(all.notes(None, 4).is_empty() && all.notes(Some(0.0), 4).is_empty());
        insta::assert_snapshot!(all.notes(Some(0.8), 4).join("\n"), @"All samples are equal of 2 of 4 problems, although the temperature is 0.8: the server may not know of it, or answer from a cache.");
    }
}
