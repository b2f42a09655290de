//! Asks a model and scores what it answers, as `karat run` does:
//! `cargo run --release --example run_model -- HumanEval.jsonl.gz openai:gpt-5`.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};

use karat::{Event, Executor, Rules, RunRequest, uninterrupted, unobserved};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let set = words.next().unwrap_or_else(|| "problems/starter".to_owned());
    let model = words.next().unwrap_or_else(|| "reference".to_owned());

    let rules = Rules::default();
    let problems = rules.load(set.as_ref())?;
    let executor = Executor::start_beside_network(&problems.set.languages(), None, &unobserved)?;
    let request = RunRequest::new(model.parse()?, &problems, rules)?;

    // What happens is told as it happens, from any thread.
    let answers = AtomicU64::new(0);
    let count = |event: Event<'_>| {
        if let Event::Answered = event {
            answers.fetch_add(1, Ordering::Relaxed);
        }
    };
    let outcome = request.run(&problems, &executor, uninterrupted(), &count)?;

    let finished = outcome.finished().expect("nobody interrupts it");
    println!("{} answers", answers.into_inner());
    for score in finished.scored.summary.sealed.iter().flat_map(|scores| &scores.pass_at_k) {
        println!("pass@{}: {:.4} ({:.4} – {:.4})", score.k, score.value, score.low, score.high);
    }
    Ok(())
}
