//! Scores a file of completions, as `karat score` does:
//! `cargo run --release --example score_file -- samples.jsonl HumanEval.jsonl.gz`.

use std::error::Error;

use karat::{Executor, Rules, SampleSource, ScoreRequest, unobserved};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let samples = words.next().unwrap_or_else(|| "reports/sample/careful.jsonl".to_owned());
    let set = words.next().unwrap_or_else(|| "tests/fixtures/formats/karat".to_owned());

    let rules = Rules::default();
    let problems = rules.load(set.as_ref())?;
    let executor = Executor::start(&problems.set.languages(), None, &unobserved)?;
    let request = ScoreRequest::new(SampleSource::file(samples), rules);
    let scored = request.run(&problems, &executor, &unobserved)?;

    for score in scored.summary.sealed.iter().flat_map(|scores| &scores.pass_at_k) {
        println!("pass@{}: {:.4} ({:.4} – {:.4})", score.k, score.value, score.low, score.high);
    }
    println!("recorded in {}", scored.run.path().display());
    Ok(())
}
