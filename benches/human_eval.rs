//! How much isolation costs: Karat against the unisolated limit, in one run.
//!
//!     cargo bench --bench human_eval
//!
//! The yardstick is one native CPython process that `exec`s the 164 reference programs of HumanEval one after another
//! (`KARAT_PYTHON`, else `python3`). Against it: the same 164, judged sealed and compatible, by one thread and by
//! several. Rounds of all are interleaved, so that a change of the machine's speed hits all alike; medians are
//! compared. Then cold start and memory, through the binary.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judging, Verdict};
use karat::problem::ProblemSet;
use karat::problem::load::load;
use karat::problem::{Problem, TestBody};
use karat::runner::install::cache_directory;
use karat::runner::{Runners, python};
use rayon::prelude::*;

const ROUNDS: usize = 11;

/// Executes all programs once for every line on standard input and answers with the seconds that took.
const NATIVE: &str = "
import io, json, sys, time
programs = json.load(open(sys.argv[1]))
out = sys.stdout
for line in sys.stdin:
    start = time.perf_counter()
    for program in programs:
        sys.stdout = io.StringIO()
        exec(program, {})
    sys.stdout = out
    print(time.perf_counter() - start, flush=True)
";

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let root = std::env::var_os("KARAT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let path = root.join("data/humaneval/HumanEval.jsonl.gz");
    if !path.exists() {
        println!("skipped: there is no {} (set KARAT_SHARED)", path.display());
        return;
    }
    let set = load(&path, None).expect("HumanEval loads");
    let cache = cache_directory().expect("there is a cache directory");
    let installed = python::RECIPE.install(&cache, &mut |_| ());
    let (runner, _) = installed.expect("the Python runner can be installed");
    let runners = Runners::from_iter([runner]);
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let one = pool(1);
    let all = pool(cores);

    let programs = tempfile::NamedTempFile::new().expect("a temporary file");
    serde_json::to_writer(&programs, &native_programs(&set)).expect("the programs are written");
    let python = std::env::var("KARAT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut native = Command::new(&python)
        .args(["-c", NATIVE])
        .arg(programs.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut questions = native.stdin.take().expect("it is piped");
    let mut answers = BufReader::new(native.stdout.take().expect("it is piped")).lines();
    let mut native_round = || {
        writeln!(questions).expect("python3 reads");
        let seconds = answers.next().expect("python3 answers").expect("python3 answers");
        Duration::from_secs_f64(seconds.parse().expect("a number"))
    };

    let mut times: [Vec<Duration>; 5] = Default::default();
    for round in 0..=ROUNDS {
        let measured = [
            native_round(),
            karat_round(&one, &set, &runners, Judging::Sealed, 1),
            karat_round(&one, &set, &runners, Judging::Compat, 1),
            karat_round(&one, &set, &runners, Judging::Sealed, 4),
            karat_round(&all, &set, &runners, Judging::Sealed, 4),
        ];
        if round > 0 {
            // The first round warms up.
            times.iter_mut().zip(measured).for_each(|(times, time)| times.push(time));
        }
    }
    drop(questions);
    let _ = native.wait();
    let [native, sealed, compat, one_thread, all_threads] = times.map(median);
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    println!("164 reference programs, median of {ROUNDS} rounds, one thread:");
    println!("  native CPython, no isolation  {:8.1} ms", milliseconds(native));
    println!(
        "  sealed (two cells each)       {:8.1} ms   {:.2} × native",
        milliseconds(sealed),
        ratio(sealed, native)
    );
    println!(
        "  compatible (one cell each)    {:8.1} ms   {:.2} × native",
        milliseconds(compat),
        ratio(compat, native)
    );
    println!("{cores} threads against one, sealed: {:.2} × the throughput", ratio(one_thread, all_threads));
    binary(&path);
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start")
}

fn problems(set: &ProblemSet) -> Vec<Problem> {
    set.problems().collect::<Result<_, _>>().expect("problems are read back")
}

fn reference(problem: &Problem) -> &str {
    &problem.reference().expect("HumanEval has references").source
}

fn native_programs(set: &ProblemSet) -> Vec<String> {
    problems(set)
        .iter()
        .map(|problem| {
            let TestBody::Assertions { source: test, .. } = &problem.tests[0].body else {
                panic!("HumanEval's tests are assertions");
            };
            let entry_point = problem.entry_point.as_deref().expect("HumanEval has entry points");
            format!("{}{}\n{test}\ncheck({entry_point})", problem.prompt, reference(problem))
        })
        .collect()
}

/// Judges all references `times` times over; each has to pass.
fn karat_round(
    pool: &rayon::ThreadPool,
    set: &ProblemSet,
    runners: &Runners,
    judging: Judging,
    times: usize,
) -> Duration {
    let judge = Judge::new(runners, Limits::default(), set.dataset);
    let problems = problems(set);
    let start = Instant::now();
    let all_pass = pool.install(|| {
        (0..times).flat_map(|_| &problems).par_bridge().all(|problem| {
            let judgements = judge.judge(problem, Answer::continuation(reference(problem)), None, judging);
            judgements.counted().verdict == Verdict::Passed
        })
    });
    let time = start.elapsed();
    assert!(all_pass, "a reference solution does not pass");
    time
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Cold start and memory of the binary.
fn binary(problems: &Path) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let one = directory.path().join("one.jsonl");
    std::fs::write(&one, "{\"task_id\": \"HumanEval/0\", \"completion\": \"    return False\\n\"}\n")
        .expect("it is written");
    let score = |samples: &Path, number: usize| {
        let start = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_karat"))
            .arg("score")
            .arg(samples)
            .arg("--problems")
            .arg(problems)
            .args(["--allow-partial", "--format", "json", "--jobs", "2", "--run-dir"])
            .arg(directory.path().join(format!("run-{number}")))
            .output()
            .expect("karat runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        start.elapsed()
    };
    let starts = (0..ROUNDS).map(|number| score(&one, number)).collect();
    println!(
        "cold start, everything cached: {:.0} ms for a run of one completion",
        median(starts).as_secs_f64() * 1e3
    );
    for (number, count) in [(100, 2_000u32), (101, 20_000)] {
        let many = directory.path().join("many.jsonl");
        let line = "{\"task_id\": \"HumanEval/53\", \"completion\": \"    return x + y\\n\"}\n";
        std::fs::write(&many, line.repeat(count as usize)).expect("it is written");
        let time = score(&many, number);
        println!(
            "{count} completions, 2 jobs: {:.1} s, peak memory of all runs so far {} MiB",
            time.as_secs_f64(),
            peak_memory_of_children() >> 20
        );
    }
}

/// The most memory that a finished child process had, in bytes.
fn peak_memory_of_children() -> i64 {
    // SAFETY: `usage` is a plain struct of numbers, for which zero bytes are a value, and getrusage fills it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage);
        usage
    };
    usage.ru_maxrss * 1024
}
