//! The engine on Vulkan, with a small random model: the processor's tokens, up to rounding, and clear words where there
//! is no driver. Mesa's driver for processors, lavapipe, is enough (on Debian, `mesa-vulkan-drivers` and `libvulkan1`).
//! Without a driver, this is skipped, unless `KARAT_TEST_VULKAN=1` demands one.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))] // the engine is for no other machine

mod common;
#[path = "common/tiny_model.rs"]
mod tiny_model;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

use karat::model::device::{Backend, CpuCode, DeviceInfo, DeviceName};
use karat::model::engine::EngineConfig;
use karat::model::frames::{CompletionTask, GeneratedText, PromptText, TokenRating};
use karat::model::install::{EnginePart, What, ensure};
use karat::model::pool::{Pool, WorkerCommand, probe};
use karat::model::sampling::{SampleKey, Sampling};
use karat::model::text::Stops;
use tiny_model::{TinyModel, Weights};

/// The engine ignores devices that are processors, as lavapipe's is, unless they are named.
const FIRST_DEVICE: (&str, &str) = ("GGML_VK_VISIBLE_DEVICES", "0");

/// The loader's variables by which it finds no driver: the newer name and the older one.
const NO_DRIVER: [(&str, &str); 2] =
    [("VK_DRIVER_FILES", "/nonexistent.json"), ("VK_ICD_FILENAMES", "/nonexistent.json")];

/// Below these differences of log-probabilities, rounding decides which token is the likeliest: drivers sometimes
/// compute in 16 bits, and where weights are quantised, the processor also rounds their factors to 8 bits.
const CLOSE: [(Weights, f64); 2] = [(Weights::F32, 0.05), (Weights::Q8, 0.3)];

/// A cache directory with the engine and its part for Vulkan. It is not the user's, whose `--device auto` the part
/// would change.
fn cache() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vulkan");
        for part in [EnginePart::Base, EnginePart::Vulkan] {
            ensure(&cache, What::Engine(part), &mut |_| ()).expect("the engine can be installed");
        }
        cache
    })
}

fn engine() -> PathBuf {
    What::Engine(EnginePart::Base).path(cache()).expect("the cache's path is absolute")
}

/// A worker with these variables in its environment.
fn command(variables: &[(&str, &str)]) -> WorkerCommand {
    let variables = variables.iter().map(|(name, value)| format!("{name}={value}").into());
    let worker = [env!("CARGO_BIN_EXE_karat").into(), "model-worker".into()];
    WorkerCommand { program: "/usr/bin/env".into(), arguments: variables.chain(worker).collect() }
}

/// Whether there is a loader, without which the engine's part is not worth fetching.
fn has_loader() -> bool {
    // SAFETY: a string that ends with a zero. What the loader does as it is loaded, nothing here depends on.
    !unsafe { libc::dlopen(c"libvulkan.so.1".as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) }.is_null()
}

/// Reports that a test is skipped, or fails it where it must not be skipped.
fn skipped(why: &str) {
    assert!(
        std::env::var_os("KARAT_TEST_VULKAN").is_none_or(|value| value != "1"),
        "KARAT_TEST_VULKAN=1, and {why}"
    );
    println!("skipped: {why}");
}

/// The first device; or `None`, after a line that says why.
async fn device() -> Option<DeviceInfo> {
    if !has_loader() {
        skipped("there is no Vulkan loader");
        return None;
    }
    let report = probe(&command(&[FIRST_DEVICE]), &engine(), &[Backend::Vulkan]).await.remove(0);
    match report.devices {
        Ok(devices) => devices.into_iter().next(),
        Err(why) => {
            skipped(&why);
            None
        }
    }
}

fn task(number: usize) -> CompletionTask {
    CompletionTask {
        prompt: PromptText::new(
            format!("def function_{number}({}):\n", "argument, ".repeat(number * 3)),
            true,
            false,
        ),
        keys: vec![SampleKey(number as u64)],
        sampling: Sampling { temperature: 0.0, ..Sampling::default() },
        stops: Stops::default(),
        most_tokens: 12,
        log_probabilities: Some(2),
    }
}

/// What a device completes, greedily.
async fn complete(device: DeviceName, model: &Path) -> Vec<GeneratedText> {
    let config = EngineConfig {
        library: engine(),
        model: model.to_path_buf(),
        device,
        cpu: CpuCode::best(),
        gpu_layers: None,
        slots: 4,
        context: 1024,
        flash_attention: true,
        companion: device == DeviceName::Cpu,
        holder: device != DeviceName::Cpu,
    };
    let pool = Pool::start(&command(&[FIRST_DEVICE]), vec![config], Arc::new(|_, _| ())).await;
    let pool = pool.unwrap_or_else(|error| panic!("{device}: {error}"));
    let mut all = Vec::new();
    for number in 0..6 {
        all.extend(pool.complete(task(number)).await.unwrap_or_else(|error| panic!("{device}: {error}")));
    }
    all
}

/// How much likelier the likeliest token is than the second.
fn gap(rating: &TokenRating) -> f64 {
    match &rating.likeliest[..] {
        [first, second, ..] => first.log_probability - second.log_probability,
        _ => panic!("two were asked for: {rating:?}"),
    }
}

/// On how many tokens two devices agree before rounding decides, and how far apart their log-probabilities are at most.
/// After a close call, everything may differ.
fn agreement(one: &GeneratedText, other: &GeneratedText, close: f64) -> (usize, f64) {
    let [one, other] = [one, other].map(|completion| completion.log_probabilities.as_deref().unwrap_or(&[]));
    let mut furthest = 0_f64;
    let mut agreed = 0;
    for (one, other) in one.iter().zip(other) {
        if gap(one) < close || gap(other) < close {
            break;
        }
        assert_eq!(one.token, other.token, "token {agreed}: {one:?} and {other:?}");
        furthest = furthest.max((one.log_probability - other.log_probability).abs());
        agreed += 1;
    }
    (agreed, furthest)
}

#[tokio::test(flavor = "multi_thread")]
async fn vulkan_gives_the_tokens_of_the_processor() {
    let Some(device) = device().await else { return };
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    for (weights, close) in CLOSE {
        let model = folder.path().join(format!("{weights:?}.gguf"));
        TinyModel { weights, ..TinyModel::default() }.write(&model).expect("there is space");
        let cpu = complete(DeviceName::Cpu, &model).await;
        let vulkan = complete(device.name, &model).await;
        let agreements: Vec<(usize, f64)> =
            cpu.iter().zip(&vulkan).map(|(cpu, vulkan)| agreement(cpu, vulkan, close)).collect();
        let tokens: usize = agreements.iter().map(|(tokens, _)| tokens).sum();
        let furthest = agreements.iter().fold(0.0, |furthest, (_, one)| f64::max(furthest, *one));
        println!("{}, {weights:?}: {tokens} tokens agree, {furthest:.1e} apart", device.description);
        assert!(tokens >= 10, "{weights:?}: only {tokens} tokens were compared: {agreements:?}");
        assert!(furthest < close, "{weights:?}: {furthest}");
    }
}

/// `karat generate` on a device, in a directory that has a model.
fn generate(directory: &Path, device: &str, variables: &[(&str, &str)]) -> Output {
    let set = common::file("fixtures/mini.jsonl");
    let mut karat = Command::new(env!("CARGO_BIN_EXE_karat"));
    // An NVIDIA device would be taken before any other.
    karat.env("NO_COLOR", "1").env("CUDA_VISIBLE_DEVICES", "").env("KARAT_CACHE_DIR", cache());
    karat.env_remove("RUST_BACKTRACE").envs(variables.iter().copied()).current_dir(directory);
    karat.arg("generate").arg(set).args(["--device", device, "--out", "out.jsonl", "--max-tokens", "5"]);
    karat.args(["--model", "gguf:./tiny.gguf?api=completions", "--no-cache"]).output().expect("karat starts")
}

#[test]
fn without_a_driver_auto_takes_the_processor_and_vulkan_is_an_error() {
    if !has_loader() {
        return skipped("there is no Vulkan loader");
    }
    let directory = tempfile::tempdir().expect("there is a place for temporary files");
    TinyModel::default().write(&directory.path().join("tiny.gguf")).expect("there is space");
    let said = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let auto = generate(directory.path(), "auto", &NO_DRIVER);
    assert_eq!(auto.status.code(), Some(0), "{}", said(&auto));
    assert!(
        said(&auto).lines().any(|line| line
            .starts_with("note: not vulkan: there is no Vulkan driver (ICD) that works; install that")),
        "{}",
        said(&auto)
    );
    let answered = fs::read_to_string(directory.path().join("out.jsonl")).expect("they were written");
    assert_eq!(answered.lines().count(), 5);
    let vulkan = generate(directory.path(), "vulkan", &NO_DRIVER);
    assert_eq!(vulkan.status.code(), Some(2), "{}", said(&vulkan));
    assert!(
        said(&vulkan).contains("there is no device vulkan:0: there is no Vulkan driver (ICD)"),
        "{}",
        said(&vulkan)
    );
    assert!(said(&vulkan).contains("`--device auto` takes one that works"), "{}", said(&vulkan));
}

/// On a machine whose only device is a processor, or with a number that no device has, the engine says nothing at all.
#[test]
fn what_to_do_without_a_gpu_is_told() {
    if !has_loader() {
        return skipped("there is no Vulkan loader");
    }
    let directory = tempfile::tempdir().expect("there is a place for temporary files");
    TinyModel::default().write(&directory.path().join("tiny.gguf")).expect("there is space");
    let other = generate(directory.path(), "vulkan", &[(FIRST_DEVICE.0, "63")]);
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert_eq!(other.status.code(), Some(2), "{said}");
    assert!(said.contains("GGML_VK_VISIBLE_DEVICES=63 names"), "{said}");
    let plain = generate(directory.path(), "vulkan", &[]);
    let said = String::from_utf8_lossy(&plain.stderr).into_owned();
    // There may be a GPU.
    if !plain.status.success() {
        assert!(
            said.contains("find no GPU") && said.contains("asked for by GGML_VK_VISIBLE_DEVICES=0"),
            "{said}"
        );
    }
}
