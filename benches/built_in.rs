//! How fast the built-in model is on the processor, beside what the engine can do: ratios, measured in turns in one
//! run.
//!
//!     cargo bench --bench built_in
//!     cargo bench --bench built_in -- --xllamacpp PYTHON    # beside llama.cpp's own server, too
//!     cargo bench --bench built_in -- processes             # one part: engine, processes, starter
//!
//! Some twenty minutes on two cores that have nothing else to do. The default model is installed where it is missing.
//!
//! - *engine*: nothing but the library's calls, for as many sequences as there are slots, each prompt and then each
//!   token; beside it a worker, the same work as Karat does it, in a process of its own and with sampling; and if it is
//!   asked for xllamacpp, llama.cpp's server in the Python package of that name. All in tokens, of prompts and
//!   completions together, for a second of processor time.
//! - *processes*: two against one, in seconds of the clock, which need two idle cores, and in tokens for a second of
//!   processor time, which tell on a busy machine, too, whether they are in each other's way.
//! - *starter*: the starter set by `karat generate` and by `karat run`, which judges beside it, in seconds of the
//!   clock.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use karat::model::device::{CpuCode, DeviceName};
use karat::model::engine::{Copied, EngineConfig, InferenceEngine, StepInput};
use karat::model::frames::{CompletionTask, PromptText};
use karat::model::install::{DEFAULT_MODEL, EnginePart, What, ensure, named_model};
use karat::model::pool::{Pool, WorkerCommand};
use karat::model::sampling::{SampleKey, Sampling};
use karat::model::text::Stops;
use tokio::task::JoinSet;

/// Tokens of a completion.
const OUT: usize = 96;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let python = arguments
        .iter()
        .position(|argument| argument == "--xllamacpp")
        .map(|at| arguments.get(at + 1).expect("--xllamacpp is followed by a Python that has the package"));
    let all = ["engine", "processes", "starter"];
    let parts: Vec<&str> =
        all.into_iter().filter(|part| arguments.iter().any(|named| named == part)).collect();
    let is_wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("there is a runtime");
    let bench = Bench::new();
    if is_wanted("engine") {
        for (slots, rounds) in [(16, 3), (64, 1)] {
            let (mut ratios, mut others) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                let engine = bench.engine(slots);
                let work = runtime.block_on(bench.workers(1, slots, slots as usize));
                let worker = work.tokens as f64 / work.cpu;
                print!("{slots} slots: engine {engine:.1}, worker {worker:.1}");
                ratios.push(worker / engine);
                if let Some(python) = python {
                    let other = bench.xllamacpp(python, slots);
                    print!(", xllamacpp {other:.1}");
                    others.push(worker / other);
                }
                println!(" tokens a CPU-second; at most {} MiB", work.peak >> 10);
            }
            println!("{slots} slots: worker at {:.1} % of the engine's rate", 100.0 * median(ratios));
            if !others.is_empty() {
                println!("{slots} slots: worker at {:.1} % of xllamacpp's rate", 100.0 * median(others));
            }
        }
    }
    if is_wanted("processes") {
        let (mut ratios, mut costs) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let [one, two] = [1, 2].map(|processes| runtime.block_on(bench.workers(processes, 8, 16)));
            let rate = |work: &Work| work.tokens as f64 / work.cpu;
            println!(
                "16 completions, 8 slots each: one process {:.1} s, two {:.1} s; {:.1} and {:.1} tokens a CPU-second",
                one.seconds,
                two.seconds,
                rate(&one),
                rate(&two)
            );
            ratios.push(one.seconds / two.seconds);
            costs.push(rate(&two) / rate(&one));
        }
        println!(
            "two processes are {:.2} times as fast as one, at {:.1} % of its rate a CPU-second",
            median(ratios),
            100.0 * median(costs)
        );
    }
    if is_wanted("starter") {
        let [generate, run] = ["generate", "run"].map(starter);
        println!(
            "starter set: generate {generate:.1} s, run {run:.1} s: {:.1} % of the rate while judging",
            100.0 * generate / run
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// What is computed, and with what.
struct Bench {
    engine: PathBuf,
    model: PathBuf,
}

/// What workers did.
struct Work {
    tokens: usize,
    /// Seconds of processor time.
    cpu: f64,
    /// Seconds of the clock.
    seconds: f64,
    /// The most memory that one of them had, in KiB.
    peak: u64,
}

impl Bench {
    fn new() -> Bench {
        let cache = karat::runner::install::cache_directory().expect("there is a cache directory");
        let install = |what| ensure(&cache, what, &mut |step| eprintln!("{}", step.describe()));
        let model = named_model(DEFAULT_MODEL).expect("the default model is known");
        Bench {
            engine: install(What::Engine(EnginePart::Base)).expect("the engine can be installed"),
            model: install(What::Model(model)).expect("the model can be installed"),
        }
    }

    fn config(&self, slots: u32) -> EngineConfig {
        EngineConfig {
            library: self.engine.clone(),
            model: self.model.clone(),
            device: DeviceName::Cpu,
            cpu: CpuCode::best(),
            gpu_layers: None,
            slots,
            context: 512,
            flash_attention: true,
            companion: false,
            holder: false,
        }
    }

    /// Tokens a second of processor time of the engine alone.
    fn engine(&self, slots: u32) -> f64 {
        let mut engine = InferenceEngine::load(&self.config(slots), &mut |_| ()).expect("the model loads");
        let prompts: Vec<Vec<i32>> =
            (0..slots as usize).map(|number| engine.tokenize(&prompt(number)).expect("it is text")).collect();
        let start = cpu_seconds(std::process::id());
        let mut tokens = 0;
        for (slot, prompt) in prompts.iter().enumerate() {
            engine.prefill(slot, prompt, Copied::Never).expect("the engine computes");
            tokens += prompt.len() + OUT;
        }
        // The first token of a completion follows from the prompt.
        for step in 0..OUT - 1 {
            let inputs: Vec<StepInput> = prompts
                .iter()
                .map(|prompt| StepInput { token: prompt[step % prompt.len()], position: prompt.len() + step })
                .collect();
            engine.step(&inputs).expect("the engine computes");
        }
        tokens as f64 / (cpu_seconds(std::process::id()) - start)
    }

    /// This many completions by worker processes.
    async fn workers(&self, processes: usize, slots: u32, completions: usize) -> Work {
        let command = WorkerCommand {
            program: env!("CARGO_BIN_EXE_karat").into(),
            arguments: vec!["model-worker".into()],
        };
        let configs = vec![self.config(slots); processes];
        let pool = Pool::start(&command, configs, Arc::new(|_, _| ())).await.expect("the workers start");
        let pool = Arc::new(pool);
        let spent = || pool.processes().into_iter().map(cpu_seconds).sum::<f64>();
        let (start, before) = (Instant::now(), spent());
        let mut asked = JoinSet::new();
        for number in 0..completions {
            let pool = Arc::clone(&pool);
            asked.spawn(async move { pool.complete(task(number)).await.expect("the workers answer") });
        }
        let answered = asked.join_all().await.into_iter().flatten();
        let tokens = answered.map(|completion| (completion.prompt_tokens + completion.tokens) as usize).sum();
        let peak = pool.processes().into_iter().map(peak_memory).max().unwrap_or(0);
        Work { tokens, cpu: spent() - before, seconds: start.elapsed().as_secs_f64(), peak }
    }

    /// Tokens a second of processor time of llama.cpp's own server.
    fn xllamacpp(&self, python: &str, slots: u32) -> f64 {
        let prompts: Vec<String> = (0..slots as usize).map(|number| prompt(number).text()).collect();
        let asked = serde_json::json!({
            "model": self.model, "slots": slots, "context": 512, "out": OUT, "prompts": prompts,
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/llama_cpp_server.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the Python starts");
        let mut input = child.stdin.take().expect("it is piped");
        input.write_all(asked.to_string().as_bytes()).expect("the Python reads");
        drop(input);
        let output = child.wait_with_output().expect("the Python ends");
        let said = String::from_utf8_lossy(&output.stdout);
        said.trim().lines().last().and_then(|rate| rate.parse().ok()).expect("the script prints a rate")
    }
}

/// The beginning of some code, of some hundred tokens; none like another.
fn prompt(number: usize) -> PromptText {
    let arguments: Vec<String> =
        (0..20).map(|index| format!("argument_{}", (number + index) * (number + 7) % 97)).collect();
    let text =
        format!("# Number {number} of many functions.\ndef function_{number}({}):\n", arguments.join(", "));
    PromptText::new(text, true, false)
}

fn task(number: usize) -> CompletionTask {
    CompletionTask {
        prompt: prompt(number),
        keys: vec![SampleKey(number as u64)],
        sampling: Sampling { temperature: 0.8, top_p: 0.95, ..Sampling::default() },
        stops: Stops::default(),
        most_tokens: OUT as u32,
        log_probabilities: None,
    }
}

/// Seconds of processor time that a process has taken, in hundredths.
fn cpu_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process is there");
    // What is behind the name, which may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().map(|field| field.parse::<f64>().expect("it is a number")).sum();
    ticks / 100.0
}

/// The most memory that a process had, in KiB.
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process is there");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

/// Seconds of the clock that a command takes on the starter set with the default model.
fn starter(command: &str) -> f64 {
    let folder = tempfile::tempdir().expect("there is room for a run");
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("problems/starter");
    let mut karat = Command::new(env!("CARGO_BIN_EXE_karat"));
    karat.current_dir(folder.path()).arg(command).arg(set).arg("--no-cache");
    karat.args(["--model", &format!("gguf:{DEFAULT_MODEL}"), "--device", "cpu"]);
    if command == "generate" {
        karat.args(["--out", "completions.jsonl"]);
    }
    let start = Instant::now();
    let output = karat.output().expect("karat runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    start.elapsed().as_secs_f64()
}
