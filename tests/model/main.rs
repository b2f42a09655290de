//! The engine behind the pool, with a small random model: completions are the same whatever is computed beside them,
//! and errors are clear whatever happens to files and processes.

#[path = "../common/tiny_model.rs"]
mod tiny_model;

mod processes;
mod refused;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use karat::model::device::{CpuCode, DeviceName};
use karat::model::engine::EngineConfig;
use karat::model::frames::{CompletionTask, Finish, GeneratedText, PromptText, RequestError, ScoreTask};
use karat::model::install::{EnginePart, What, ensure};
use karat::model::pool::{ModelError, Pool, Progress, WorkerCommand};
use karat::model::sampling::{SampleKey, Sampling};
use karat::model::text::Stops;
use karat::runner::install::cache_directory;
use tiny_model::{TinyModel, Weights};

/// Where the engine's files are; they are installed on first use.
fn engine() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let install = || {
        let cache = cache_directory().expect("there is a home directory");
        ensure(&cache, What::Engine(EnginePart::Base), &mut |_| ()).expect("the engine can be installed")
    };
    FOLDER.get_or_init(install).clone()
}

fn command() -> WorkerCommand {
    WorkerCommand { program: env!("CARGO_BIN_EXE_karat").into(), arguments: vec!["model-worker".into()] }
}

/// The models, written once.
fn model(weights: Weights) -> PathBuf {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        for weights in Weights::ALL {
            TinyModel::of(weights).write(&folder.path().join(format!("{weights:?}.gguf"))).unwrap();
        }
        folder
    });
    folder.path().join(format!("{weights:?}.gguf"))
}

fn config(model: &Path, slots: u32) -> EngineConfig {
    EngineConfig {
        library: engine(),
        model: model.to_path_buf(),
        device: DeviceName::Cpu,
        cpu: CpuCode::best(),
        gpu_layers: None,
        slots,
        context: 1024,
        flash_attention: true,
        companion: true,
        holder: false,
    }
}

fn silent() -> Progress {
    Arc::new(|_, _| ())
}

async fn pool(model: &Path, workers: usize, slots: u32) -> Result<Pool, ModelError> {
    Pool::start(&command(), vec![config(model, slots); workers], silent()).await
}

fn prompt(text: &str) -> PromptText {
    PromptText::new(text, true, false)
}

fn task(text: &str, keys: impl IntoIterator<Item = u64>, most_tokens: u32) -> CompletionTask {
    CompletionTask {
        prompt: prompt(text),
        keys: keys.into_iter().map(SampleKey).collect(),
        sampling: Sampling { temperature: 0.8, top_p: 0.95, ..Sampling::default() },
        stops: Stops::default(),
        most_tokens,
        log_probabilities: Some(1),
    }
}

/// Prompts of many lengths, one of which has two pieces, with the number of completions of each, and their length.
fn tasks() -> Vec<CompletionTask> {
    let mut tasks: Vec<CompletionTask> = (0..10_u64)
        .map(|number| {
            let text = format!("def function_{number}({}):\n", "argument, ".repeat(number as usize * 2));
            task(&text, (0..1 + number % 5).map(|sample| number * 100 + sample), 6 + 5 * number as u32)
        })
        .collect();
    tasks.push(task(&"a prompt of two pieces ".repeat(30), [7, 8], 12));
    tasks[3].sampling = Sampling { temperature: 0.0, ..Sampling::default() };
    tasks[4].sampling.repetition_penalty = 1.2;
    tasks[5].sampling.top_k = Some(20);
    tasks[6].stops = Stops::try_from(vec!["e".to_owned(), "\n".to_owned()]).unwrap();
    tasks
}

type Completions = BTreeMap<String, Vec<GeneratedText>>;

/// All completions, asked for at once in this order.
async fn complete_all(pool: &Pool, tasks: impl IntoIterator<Item = CompletionTask>) -> Completions {
    let asked = tasks.into_iter().map(|task| async move {
        let text = task.prompt.text();
        (text, pool.complete(task).await.unwrap())
    });
    let mut all = Completions::new();
    let mut waiting: Vec<_> = asked.map(Box::pin).collect();
    // They are polled together, in this order.
    std::future::poll_fn(|context| {
        waiting.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready((text, completions)) => {
                all.insert(text, completions);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    all
}

/// On the CPU, a completion is the same to the byte with any number of slots and processes, with other prompts or none
/// beside it, in any order; and so are the bits of its log-probabilities.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_completions_whatever_is_beside_them() {
    for weights in [Weights::F32, Weights::Q8] {
        let model = model(weights);
        let mut first = None;
        for (workers, slots) in [(1, 1), (1, 4), (2, 3), (1, 13), (1, 36)] {
            let pool = pool(&model, workers, slots).await.unwrap();
            let mut ordered = tasks();
            if slots == 13 {
                ordered.reverse();
            }
            let all = complete_all(&pool, ordered).await;
            assert_eq!(all.len(), tasks().len());
            let expected = first.get_or_insert_with(|| all.clone());
            assert!(all == *expected, "{weights:?}, {workers} workers of {slots} slots");
            if slots == 36 {
                // Some prompts alone, and a single completion of a request.
                for number in [2, 5, 10] {
                    let mut alone = tasks().swap_remove(number);
                    let text = alone.prompt.text();
                    assert_eq!(pool.complete(alone.clone()).await.unwrap(), expected[&text]);
                    let last = alone.keys.len() - 1;
                    alone.keys.drain(..last);
                    assert_eq!(pool.complete(alone).await.unwrap(), expected[&text][last..]);
                }
            }
        }
        let first = first.unwrap();
        let texts: std::collections::BTreeSet<&str> =
            first.values().flatten().map(|completion| completion.text.as_str()).collect();
        assert!(texts.len() > 20, "the completions are not all alike");
        assert!(first.values().flatten().any(|completion| completion.finish == Finish::Stop));
        assert!(first.values().flatten().any(|completion| completion.finish == Finish::Length));
    }
}

/// Completions are the same whether prompts are computed in a slot and copied through memory, or have a sequence of
/// their own, which the library copies; also where sequences that fill half of their room are moved together.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_completions_however_sequences_are_copied() {
    let model = model(Weights::F32);
    let tasks = || {
        let long = |number: u64| {
            let text = format!("{number}: {}", "a prompt of two pieces ".repeat(30));
            task(&text, (0..1 + number % 3).map(|sample| number * 10 + sample), 8 + 9 * number as u32)
        };
        tasks().into_iter().chain((0..5).map(long))
    };
    let mut first = None;
    for (holder, slots) in [(false, 1), (false, 5), (true, 1), (true, 5)] {
        let config = EngineConfig { holder, ..config(&model, slots) };
        let pool = Pool::start(&command(), vec![config], silent()).await.unwrap();
        let all = complete_all(&pool, tasks()).await;
        assert_eq!(all.len(), tasks().count());
        assert!(all == *first.get_or_insert_with(|| all.clone()), "{holder}, {slots} slots");
    }
}

/// The most memory that a process has had, in bytes.
fn most_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// A cache takes memory for the tokens that it holds, not for those that it could hold; the results are the same.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_cache_takes_memory_as_it_is_filled() {
    let model = model(Weights::F32);
    let short = complete_all(&pool(&model, 1, 4).await.unwrap(), tasks()).await;
    let config = EngineConfig { context: 1 << 17, ..config(&model, 4) };
    let pool = Pool::start(&command(), vec![config], silent()).await.unwrap();
    // Two layers with 256 bytes of keys and values each.
    let all = 4 * (1 << 17) * 512;
    let loaded = most_memory(pool.processes()[0]);
    assert!(loaded < all / 2, "{loaded} of {all}");
    assert!(complete_all(&pool, tasks()).await == short);
    let used = most_memory(pool.processes()[0]);
    assert!(used < all / 2, "{used} of {all}");
}

/// Results do not depend on which of the engine's code the processor can run.
#[tokio::test(flavor = "multi_thread")]
async fn both_codes_for_the_processor_compute_the_same_bits() {
    if CpuCode::AvxVnni.lacks().is_some() {
        println!("skipped: the processor has no AVX-VNNI");
        return;
    }
    for weights in Weights::ALL {
        let model = model(weights);
        let mut first = None;
        for (cpu, slots) in [(CpuCode::Avx2, 6), (CpuCode::AvxVnni, 6), (CpuCode::AvxVnni, 1)] {
            let config = EngineConfig { cpu, ..config(&model, slots) };
            let pool = Pool::start(&command(), vec![config], silent()).await.unwrap();
            let all = complete_all(&pool, tasks()).await;
            let expected = first.get_or_insert_with(|| all.clone());
            assert!(all == *expected, "{weights:?}, {cpu:?}, {slots} slots");
        }
        let texts: std::collections::BTreeSet<String> =
            first.into_iter().flatten().flat_map(|(_, all)| all).map(|completion| completion.text).collect();
        assert!(texts.len() > 10, "{weights:?}: the completions are not all alike: {texts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scores_are_the_probabilities_of_completions() {
    let pool = pool(&model(Weights::F32), 1, 2).await.unwrap();
    let mut first = task("def f():\n", [1], 1);
    first.log_probabilities = Some(255);
    let completion = pool.complete(first).await.unwrap().remove(0);
    let ratings = completion.log_probabilities.unwrap();
    let mut found = 0;
    for byte in [b'a', b' ', b'~'] {
        let text = char::from(byte).to_string();
        let score = pool.score(ScoreTask { prompt: prompt("def f():\n"), text }).await.unwrap();
        let [rating] = &score.tokens[..] else { panic!("{score:?}") };
        let Some(rated) = ratings.first() else { continue };
        if let Some(other) = rated.likeliest.iter().find(|other| other.token == rating.token) {
            assert!((other.log_probability - rating.log_probability).abs() < 1e-9);
            found += 1;
        }
    }
    // The first token may be the end, which has no rating.
    assert!(found > 0 || ratings.is_empty());
    let long = pool.score(ScoreTask { prompt: prompt("x"), text: "many words ".repeat(20) }).await.unwrap();
    assert_eq!(long.tokens.len(), 220);
    assert!(long.tokens.iter().all(|rating| rating.log_probability < 0.0));
    assert_eq!(long.prompt_tokens, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_do_not_fit_are_refused() {
    let pool = pool(&model(Weights::F32), 1, 2).await.unwrap();
    let refused = pool.complete(task(&"x".repeat(2000), [1], 5)).await.unwrap_err();
    assert_eq!(refused, ModelError::Refused(RequestError::TooLong { tokens: 2000, most: 1023 }));
    assert!(refused.to_string().contains("2000 tokens, and 1023 fit"), "{refused}");
    let refused = pool.complete(task("", [1], 5)).await.unwrap_err();
    assert_eq!(refused, ModelError::Refused(RequestError::Empty));
    assert!(matches!(pool.complete(task("x", [], 5)).await, Err(ModelError::Refused(_))));
    let huge = pool.complete(task(&"x".repeat(17 << 20), [1], 5)).await.unwrap_err();
    assert!(huge.to_string().starts_with("a request of 17825792 bytes"), "{huge}");
    let completion = pool.complete(task(&"x".repeat(1020), [1], 500)).await.unwrap().remove(0);
    assert!(completion.tokens <= 5, "{completion:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_is_told() {
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let progress: Progress = {
        let told = Arc::clone(&told);
        Arc::new(move |worker, share| told.lock().unwrap().push((worker, share)))
    };
    let pool = Pool::start(&command(), vec![config(&model(Weights::Q8), 2)], progress).await.unwrap();
    let told = told.lock().unwrap();
    assert!(told.is_sorted_by(|a, b| a.1 < b.1));
    assert_eq!(told.last(), Some(&(0, 1.0)));
    let info = &pool.infos()[0];
    assert_eq!((info.vocabulary, info.context, info.slots, pool.slots()), (259, 1024, 2, 2));
    assert!(info.description.contains("llama") && info.parameters > 300_000, "{info:?}");
}
