//! How much may be spent on answers, in money or tokens.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::price::Price;
use super::query::Usage;

/// How many tokens an answer is assumed to take before the first has come, where no limit is set.
const FIRST_GUESS: u64 = 1024;

/// Hands out the right to send requests until what was spent, with what is in flight, reaches a limit.
///
/// A request in flight counts as what its prompt and answers of average length take. The limit is exceeded, if at all,
/// by how much the last requests in flight take more than that. Before there is an average, one request goes out in any
/// case.
pub struct Budget {
    limit: f64,
    price: Option<Price>,
    state: Mutex<State>,
    settled: Notify,
}

#[derive(Default)]
struct State {
    spent: f64,
    in_flight: f64,
    is_estimate: bool,
    /// Answers of known length, and their tokens.
    answers: u64,
    output: u64,
    /// Tokens of prompts as they were thought to be, and as servers counted them.
    input_estimated: u64,
    input_counted: u64,
}

/// What was spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    /// US dollars or tokens.
    pub amount: f64,
    /// Whether a part of it is estimated, since servers did not say.
    pub is_estimate: bool,
}

impl Budget {
    /// A limit in US dollars, at a price.
    pub fn money(limit: f64, price: Price) -> Arc<Budget> {
        Budget::new(limit, Some(price))
    }

    /// A limit in tokens, of prompts and answers together.
    pub fn tokens(limit: u64) -> Arc<Budget> {
        Budget::new(limit as f64, None)
    }

    fn new(limit: f64, price: Option<Price>) -> Arc<Budget> {
        Arc::new(Budget { limit, price, state: Mutex::default(), settled: Notify::new() })
    }

    /// The right to send a request with a prompt of about `input` tokens for `answers` answers of up to `most_output`
    /// tokens each. Waits while that depends on what is in flight; `None` once the limit is reached.
    pub async fn reserve(
        self: &Arc<Self>,
        input: u64,
        most_output: Option<u64>,
        answers: u32,
    ) -> Option<Reservation> {
        loop {
            let settled = self.settled.notified();
            {
                let mut state = self.lock();
                let usage = Usage {
                    input: Some(state.expected_input(input)),
                    output: Some(state.expected_output(most_output).saturating_mul(u64::from(answers))),
                    cached: Some(0),
                    reasoning: None,
                };
                let amount = self.amount(&usage).unwrap_or(0.0);
                if state.spent >= self.limit {
                    return None;
                }
                let is_first = state.spent + state.in_flight <= 0.0;
                if is_first || state.spent + state.in_flight + amount <= self.limit {
                    state.in_flight += amount;
                    return Some(Reservation { budget: Arc::clone(self), input, amount });
                }
                if state.in_flight <= 0.0 {
                    return None;
                }
            }
            settled.await;
        }
    }

    /// What was spent so far, without what is in flight.
    pub fn spent(&self) -> Spent {
        let state = self.lock();
        Spent { amount: state.spent, is_estimate: state.is_estimate }
    }

    fn amount(&self, usage: &Usage) -> Option<f64> {
        match &self.price {
            Some(price) => price.cost(usage),
            None => Some(usage.input?.saturating_add(usage.output?) as f64),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn expected_input(&self, estimated: u64) -> u64 {
        if self.input_estimated == 0 {
            return estimated;
        }
        (estimated as f64 * self.input_counted as f64 / self.input_estimated as f64) as u64
    }

    fn expected_output(&self, most: Option<u64>) -> u64 {
        let expected = self.output.checked_div(self.answers).or(most).unwrap_or(FIRST_GUESS);
        most.map_or(expected, |most| expected.min(most))
    }
}

/// The right to send one request. Dropped, it is given back: the request cost nothing.
pub struct Reservation {
    budget: Arc<Budget>,
    input: u64,
    amount: f64,
}

impl Reservation {
    /// The request was answered, with these tokens. What the server did not say is taken as expected.
    pub fn settle(self, usages: &[Usage]) {
        let mut state = self.budget.lock();
        for usage in usages {
            if let Some(output) = usage.output {
                state.answers += 1;
                state.output = state.output.saturating_add(output);
            }
        }
        if let Some(input) = usages.iter().map(|usage| usage.input).sum::<Option<u64>>() {
            state.input_estimated = state.input_estimated.saturating_add(self.input);
            state.input_counted = state.input_counted.saturating_add(input);
        }
        match usages.iter().map(|usage| self.budget.amount(usage)).sum::<Option<f64>>() {
            Some(amount) => state.spent += amount,
            None => {
                state.spent += self.amount;
                state.is_estimate = true;
            }
        }
    }

    /// The answer was lost after the server had begun it, so it may have to be paid.
    pub fn lose(self) {
        let mut state = self.budget.lock();
        state.spent += self.amount;
        state.is_estimate = true;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.budget.lock();
        state.in_flight -= self.amount;
        // Sums of fractions are off by rounding errors, which must not be waited for.
        if state.in_flight < 1e-12 {
            state.in_flight = 0.0;
        }
        drop(state);
        self.budget.settled.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn used(input: u64, output: u64) -> Usage {
        Usage { input: Some(input), output: Some(output), cached: Some(0), reasoning: None }
    }

    #[tokio::test]
    async fn nothing_begins_once_the_limit_is_reached() {
        let budget = Budget::tokens(1000);
        let mut requests = 0;
        while let Some(reservation) = budget.reserve(50, Some(100), 1).await {
            reservation.settle(&[used(50, 100)]);
            requests += 1;
        }
        assert_eq!(requests, 6); // a seventh would make it 1,050
        assert_eq!(budget.spent(), Spent { amount: 900.0, is_estimate: false });
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_in_flight_counts() {
        let budget = Budget::tokens(1000);
        let first = budget.reserve(100, Some(500), 1).await.unwrap();
        let second = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { budget.reserve(100, Some(500), 1).await.is_some() }
        });
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(!second.is_finished());
        first.settle(&[used(100, 20)]); // much less than it could have been
        assert!(second.await.unwrap());
    }

    #[tokio::test]
    async fn a_failed_request_costs_nothing_and_a_lost_answer_its_estimate() {
        let price = Price { input: 1.0, output: 10.0, cached: None };
        let budget = Budget::money(1.0, price);
        drop(budget.reserve(1000, Some(1000), 1).await.unwrap());
        assert_eq!(budget.spent(), Spent { amount: 0.0, is_estimate: false });
        budget.reserve(1000, Some(1000), 2).await.unwrap().lose();
        let spent = budget.spent();
        assert!((spent.amount - 0.021).abs() < 1e-12 && spent.is_estimate, "{spent:?}");
    }

    #[tokio::test]
    async fn the_first_request_goes_out_whatever_it_may_take() {
        let budget = Budget::tokens(100);
        budget.reserve(10, Some(32_000), 1).await.unwrap().settle(&[used(20, 30)]);
        let second = budget.reserve(10, Some(32_000), 1).await; // prompts take twice what they seem to, answers 30
        assert!(second.is_some());
        second.unwrap().settle(&[used(20, 29)]);
        assert!(budget.reserve(1, Some(32_000), 1).await.is_none());
    }

    #[tokio::test]
    async fn unknown_counts_are_taken_as_expected_and_not_as_nothing() {
        let budget = Budget::tokens(10_000);
        budget.reserve(10, None, 1).await.unwrap().settle(&[used(10, 200)]);
        budget.reserve(10, None, 1).await.unwrap().settle(&[Usage::default()]);
        assert_eq!(budget.spent(), Spent { amount: 420.0, is_estimate: true });
    }
}
