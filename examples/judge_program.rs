//! Judges one program by tests that are written down here, in a sandbox: `cargo run --release --example judge_program`.

use std::error::Error;

use karat::{
    Answer, Comparison, Dataset, Executor, Judging, Language, Problem, Rules, Test, TestBody, Verdict,
    unobserved,
};

fn main() -> Result<(), Box<dyn Error>> {
    let test = TestBody::Stdio { input: "3 4\n".to_owned(), expected: "7\n".to_owned() };
    let problem = Problem {
        tests: vec![Test::hidden(test)],
        comparison: Comparison::Exact,
        ..Problem::new("sum", Language::Python)
    };

    let executor = Executor::start(&[problem.language], Some(1), &unobserved)?;
    let judge = Rules::default().judge(&executor, Dataset::Karat)?;
    for program in ["a, b = map(int, input().split())\nprint(a + b)\n", "print(8)\n", "while True: pass\n"] {
        let judge_it = || judge.judge(&problem, Answer::program(program), None, Judging::Sealed);
        let judgement = executor.pool.install(judge_it).into_counted();
        let passes = judgement.verdict == Verdict::Passed;
        println!("{:<12} passes: {passes}, fuel: {}", judgement.verdict.kind().name(), judgement.fuel.0);
    }
    Ok(())
}
