//! Models, settings and devices that are refused, and what the error says.

use karat::model::device::Backend;
use karat::model::engine::MOST_SLOTS;
use karat::model::pool::probe;

use super::*;

async fn refused(model: &Path) -> String {
    match pool(model, 1, 2).await {
        Ok(_) => panic!("{} is loaded", model.display()),
        Err(error) => error.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_models_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = TinyModel::default().bytes();
    let path = folder.path().join("model.gguf");
    assert!(refused(&path).await.contains("can not open the model"));
    assert!(refused(folder.path()).await.contains("can not open the model"));
    let mut changed = good.clone();
    changed[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    let mut version = good.clone();
    version[4] = 99;
    let files: [(&str, Vec<u8>); 7] = [
        ("empty", Vec::new()),
        ("text", b"# a model card\n".repeat(100)),
        ("a header alone", good[..24].to_vec()),
        ("half a table", good[..3000].to_vec()),
        ("half the weights", good[..good.len() / 2].to_vec()),
        ("a count that is not so", changed),
        ("another version", version),
    ];
    for (what, content) in files {
        std::fs::write(&path, content).unwrap();
        let message = refused(&path).await;
        assert!(
            message.starts_with("the model ") && message.contains("can not be loaded: "),
            "{what}: {message}"
        );
        assert!(message.lines().count() == 1, "{what}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_shrinks_under_the_worker_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    TinyModel::default().write(&path).unwrap();
    let pool = pool(&path, 1, 2).await.unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(20_000).unwrap();
    let error = pool.complete(task("f", [1], 20)).await.unwrap_err();
    assert!(error.to_string().contains("SIGBUS (7): did the model's file change"), "{error}");
    // It can not be loaded again, and everybody who asks is told so.
    let error = loop {
        let error = pool.complete(task("f", [1], 20)).await.unwrap_err();
        if matches!(error, ModelError::Failed(_)) {
            break error;
        }
    };
    assert!(error.to_string().contains("can not be loaded"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_libraries_are_checked() {
    let model = model(Weights::F32);
    let refused = |config: EngineConfig| async move {
        match Pool::start(&command(), vec![config], silent()).await {
            Ok(_) => panic!("it starts"),
            Err(error) => error.to_string(),
        }
    };
    let message = refused(EngineConfig { slots: 0, ..config(&model, 1) }).await;
    assert!(message.contains("the number of slots is 0; give a number from 1 to 254"), "{message}");
    let message = refused(config(&model, MOST_SLOTS + 1)).await;
    assert!(message.contains("the number of slots is 255"), "{message}");
    let message = refused(EngineConfig { context: 0, ..config(&model, 1) }).await;
    assert!(message.contains("the context is 0"), "{message}");
    let message = refused(EngineConfig { device: DeviceName::Cuda(0), ..config(&model, 1) }).await;
    assert!(message.contains("there is no device cuda:0: "), "{message}");
    let message = refused(EngineConfig { slots: 254, context: 1 << 17, ..config(&model, 1) }).await;
    assert!(message.contains("the slots' tokens together, with those of prompts, is 33292288"), "{message}");
    // More than a process may have here.
    let small = WorkerCommand {
        program: "/bin/sh".into(),
        arguments: vec![
            "-c".into(),
            "ulimit -v 1500000; exec \"$0\" model-worker".into(),
            command().program.into(),
        ],
    };
    let large = EngineConfig { slots: 254, context: 16384, ..config(&model, 1) };
    let message = Pool::start(&small, vec![large], silent()).await.err().unwrap().to_string();
    assert!(message.contains("can not make room for 254 slots of 16384 tokens"), "{message}");

    let folder = tempfile::tempdir().unwrap();
    let at = |library: &Path| EngineConfig { library: library.to_path_buf(), ..config(&model, 1) };
    let message = refused(at(folder.path())).await;
    assert!(message.contains("can not open the engine") && message.contains("install it again"), "{message}");
    let main = folder.path().join("libllama.v0.5.0.so");
    std::fs::write(&main, b"no library").unwrap();
    assert!(refused(at(folder.path())).await.contains("can not open the engine"));
    std::fs::copy(engine().join("libggml-base.so"), &main).unwrap();
    let message = refused(at(folder.path())).await;
    assert!(message.contains("has no function llama_version"), "{message}");
    let missing = WorkerCommand { program: "/no/such/program".into(), arguments: Vec::new() };
    let error = Pool::start(&missing, vec![config(&model, 1)], silent()).await.err().unwrap();
    assert!(matches!(error, ModelError::Start { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_are_found_or_the_reason_is_told() {
    let reports = probe(&command(), &engine(), &Backend::ALL).await;
    assert_eq!(reports.iter().map(|report| report.backend).collect::<Vec<_>>(), Backend::ALL);
    for report in &reports {
        match (&report.devices, report.backend) {
            (Ok(devices), _) => {
                assert!(!devices.is_empty());
                assert!(
                    devices.iter().all(|device| device.name.backend() == report.backend && device.total > 0)
                );
            }
            (Err(reason), Backend::Cpu) => panic!("{reason}"),
            (Err(reason), _) => assert!(!reason.is_empty() && reason.lines().count() == 1, "{reason}"),
        }
    }
    let none = tempfile::tempdir().unwrap();
    for report in probe(&command(), none.path(), &Backend::ALL).await {
        assert!(report.devices.unwrap_err().contains("can not open the engine"));
    }
}
