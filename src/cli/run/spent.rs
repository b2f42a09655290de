//! What a run took: what this call spent, apart from what answers cost that were there before.

use std::fmt::Write;

use serde::Serialize;

use crate::evaluate::answer_endings::AnswerEndings;
use crate::evaluate::spent::{Generation, GenerationTally};

/// What this call spent: on answers that were neither in the cache nor in the run before. What the server did not say,
/// or no price is known for, is unknown.
#[derive(Debug, Serialize)]
pub(super) struct Spending {
    /// How many answers were asked for.
    answers: u64,
    /// Tokens of their prompts.
    input_tokens: Option<u64>,
    /// Tokens of the answers.
    output_tokens: Option<u64>,
    /// US dollars.
    cost: Option<f64>,
    #[serde(skip)]
    tokens: Option<String>,
}

impl Spending {
    /// What the answers came to that this call asked for.
    pub(super) fn of(tally: GenerationTally) -> Spending {
        let asked = tally.generation(String::new(), 0, 0, AnswerEndings::default());
        Spending {
            answers: asked.answered,
            input_tokens: asked.input_tokens,
            output_tokens: asked.output_tokens,
            cost: asked.cost,
            tokens: tokens(&asked),
        }
    }

    /// Tokens, money and time, a line each for what was spent now and for all answers of the run; nothing where nothing
    /// is known.
    pub(super) fn lines(&self, all: &Generation) -> String {
        let mut out = String::new();
        let solved = match (all.cost, all.cost_per_solved) {
            (Some(cost), Some(each)) => format!("{cost:.4} US dollars, {each:.4} a solved problem"),
            (Some(cost), None) => format!("{cost:.4} US dollars, no problem solved"),
            (None, _) => "cost unknown".to_owned(),
        };
        if self.answers == all.answered {
            if let Some(tokens) = tokens(all) {
                let _ = writeln!(out, "spent: {tokens} · {solved}");
            }
        } else {
            let now = match (self.answers, &self.tokens) {
                (0, _) => Some("nothing".to_owned()),
                (_, Some(tokens)) => {
                    let cost = self.cost.map(|cost| format!("{cost:.4} US dollars"));
                    Some(format!("{tokens} · {}", cost.unwrap_or_else(|| "cost unknown".to_owned())))
                }
                (_, None) => None,
            };
            if let Some(now) = now.filter(|_| all.output_tokens.is_some() || self.tokens.is_some()) {
                let _ = writeln!(out, "spent now: {now}");
            }
            if let Some(tokens) = tokens(all) {
                let _ = writeln!(out, "all answers, whenever they were paid: {tokens} · {solved}");
            }
        }
        if all.output_tokens.is_none() && all.ends.uncounted > 0 {
            out.push_str("tokens unknown, since the server counts one of several answers only\n");
        } else if all.output_tokens.is_none() && all.median_latency_ms.is_some() {
            out.push_str("tokens unknown, since the server does not tell them\n");
        }
        if let Some(latency) = all.median_latency_ms {
            let text = if latency < 1000 {
                format!("{latency} ms")
            } else {
                format!("{:.2} s", latency as f64 / 1000.0)
            };
            let _ = writeln!(out, "median latency of requests: {text}");
        }
        out
    }
}

/// The tokens in words, where both counts are known.
fn tokens(generation: &Generation) -> Option<String> {
    let (input, output) = generation.input_tokens.zip(generation.output_tokens)?;
    let part = |count: Option<u64>, what: &str| {
        count.filter(|count| *count > 0).map(|count| format!(" ({count} {what})")).unwrap_or_default()
    };
    let cached = part(generation.cached_tokens, "from the server's cache");
    let thinking = part(generation.reasoning_tokens, "thinking");
    Some(format!("{input} tokens in{cached}, {output} out{thinking}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complete::price::Price;
    use crate::complete::query::{RawAnswer, Usage};

    fn tally(answers: u64, price: Option<Price>) -> GenerationTally {
        let mut tally = GenerationTally::new(price);
        for _ in 0..answers {
            let usage = Usage { input: Some(100_000), output: Some(200_000), ..Usage::default() };
            tally.add_answer(&RawAnswer { usage, latency_ms: 20, ..RawAnswer::new("x") });
        }
        tally
    }

    #[test]
    fn what_was_there_before_is_not_spent_now() {
        let price = Some(Price { input: 1.0, output: 2.0, cached: None });
        let lines = |asked, all| {
            Spending::of(tally(asked, price)).lines(&tally(all, price).generation(
                "m".into(),
                all,
                2,
                AnswerEndings::default(),
            ))
        };
        insta::assert_snapshot!([lines(4, 4), lines(1, 4), lines(0, 4)].join("\n"), @r"
        spent: 400000 tokens in, 800000 out · 2.0000 US dollars, 1.0000 a solved problem
        median latency of requests: 20 ms

        spent now: 100000 tokens in, 200000 out · 0.5000 US dollars
        all answers, whenever they were paid: 400000 tokens in, 800000 out · 2.0000 US dollars, 1.0000 a solved problem
        median latency of requests: 20 ms

        spent now: nothing
        all answers, whenever they were paid: 400000 tokens in, 800000 out · 2.0000 US dollars, 1.0000 a solved problem
        median latency of requests: 20 ms
        ");
    }
}
