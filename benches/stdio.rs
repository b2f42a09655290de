//! What a test costs where a problem has many: 200 trivial tests of a small program, on one core.
//!
//!     cargo bench --bench stdio
//!
//! Prints milliseconds a test for tests by standard input and output and by calls, and, in the same rounds, what
//! starting one native `python3` process a test costs (`KARAT_PYTHON`, else `python3`), with the ratio of the two.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judging, Verdict};
use karat::problem::{Comparison, Dataset, Language, Problem, Test, TestBody};
use karat::runner::install::cache_directory;
use karat::runner::{Runners, python};
use karat::value::Value;

const TESTS: usize = 200;
const ROUNDS: usize = 11;
/// Native processes a round: they are much slower.
const PROCESSES: usize = 20;

const PROGRAM: &str = "\
import sys

def solve(numbers):
    return sum(number for number in numbers if number % 2 == 0)

if __name__ == '__main__':
    count = int(input())
    print(solve(list(map(int, sys.stdin.readline().split()))[:count]))
";

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let cache = cache_directory().expect("there is a cache directory");
    let installed = python::RECIPE.install(&cache, &mut |_| ());
    let (runner, _) = installed.expect("the Python runner can be installed");
    let runners = Runners::from_iter([runner]);
    let stdio = problem(|number| TestBody::Stdio {
        input: format!("3\n{number} {} 7\n", number + 1),
        expected: format!("{}\n", number + number % 2),
    });
    let calls = problem(|number| TestBody::Call {
        arguments: vec![Value::List([number, number + 1, 7].map(|n| Value::Int(n as i64)).to_vec())],
        expected: Some(Value::Int((number + number % 2) as i64)),
    });
    let judge = Judge::new(&runners, Limits::default(), Dataset::Karat);
    let round = |problem: &Problem| {
        let start = Instant::now();
        let judgement = judge.judge(problem, Answer::program(PROGRAM), None, Judging::Sealed);
        assert_eq!(judgement.counted().verdict, Verdict::Passed);
        start.elapsed() / TESTS as u32
    };
    let mut times: [Vec<Duration>; 3] = Default::default();
    for number in 0..=ROUNDS {
        let measured = [round(&stdio), round(&calls), native_round()];
        if number > 0 {
            times.iter_mut().zip(measured).for_each(|(times, time)| times.push(time));
        }
    }
    let [stdio, calls, native] = times.map(median);
    let shown = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1e3);
    println!("a test by standard input and output: {}", shown(stdio));
    println!("a test by a call: {}", shown(calls));
    println!(
        "a native python3 process: {}, {:.1} times a sealed test",
        shown(native),
        native.as_secs_f64() / stdio.as_secs_f64()
    );
}

fn problem(body: impl Fn(usize) -> TestBody) -> Problem {
    Problem {
        entry_point: Some("solve".to_owned()),
        tests: (0..TESTS).map(|number| Test::hidden(body(number))).collect(),
        comparison: Comparison::Exact,
        ..Problem::new("bench/0", Language::Python)
    }
}

fn native_round() -> Duration {
    let python = std::env::var("KARAT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let start = Instant::now();
    for number in 0..PROCESSES {
        let mut process = Command::new(&python)
            .args(["-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let mut input = process.stdin.take().expect("it is piped");
        writeln!(input, "3\n{number} {} 7", number + 1).expect("python3 reads");
        drop(input);
        let output = process.wait_with_output().expect("python3 ends");
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{}\n", number + number % 2));
    }
    start.elapsed() / PROCESSES as u32
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
