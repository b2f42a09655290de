//! Files of samples and of runs. The last byte says which, and bytes that no text has divide the others into files.

#![no_main]

use std::fs;
use std::io::Cursor;
use std::path::Path;

use karat::complete::{price::PriceTable, provider::Replay, samples::Samples};
use karat::problem::{Dataset, ProblemSetBuilder};
use karat::record::{GrowingRun, RunDirectory, RunManifest, SampleReader};
use karat::report::results::RunResults;
use libfuzzer_sys::fuzz_target;

/// Divides files; UTF-8 does not have it.
const BETWEEN: u8 = 0xfe;

const MANIFEST: &str = include_str!("../../tests/fixtures/runs/good/run.json");

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, content)) = bytes.split_last() else { return };
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (folder, file) = (folder.path(), folder.path().join("file"));
    let parts: Vec<&[u8]> = content.split(|byte| *byte == BETWEEN).collect();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    match choice % 5 {
        0 => {
            let Ok(samples) = Samples::from_reader("samples", Cursor::new(content.to_vec())) else { return };
            let all_good = samples.fold(true, |good, sample| good & sample.is_ok());
            fs::write(&file, content).expect("files can be written");
            let none =
                ProblemSetBuilder::new().finish("none".into(), Dataset::HumanEval, None, String::new());
            let none = none.expect("there is nothing to keep");
            assert_eq!(Replay::open(&file, &none).is_ok(), all_good);
        }
        1 => {
            fs::write(&file, content).expect("files can be written");
            let _ = (PriceTable::embedded().with_file(&file), RunResults::open(&file));
        }
        2 => {
            let names = ["question.json", "answers.jsonl", "judged.jsonl", "errors.jsonl"];
            write(folder, &names, |index| if index == 0 { MANIFEST.as_bytes() } else { part(index - 1) });
            let mut answers = Vec::new();
            let Ok(run) = GrowingRun::resume(folder, |at, _| answers.push(at), |_, _| ()) else { return };
            let reader = run.answers().expect("the file is there");
            assert!(answers.iter().all(|at| reader.read(*at).is_ok()), "what was read can be read again");
        }
        3 => {
            let mut manifest: RunManifest =
                serde_json::from_str(MANIFEST).expect("the fixture is a manifest");
            manifest.samples.digest = blake3::hash(part(0)).to_hex().to_string();
            let manifest = serde_json::to_vec(&manifest).expect("a manifest can be written");
            let names = ["run.json", "completions.jsonl", "verdicts.jsonl", "references.json"];
            write(folder, &names, |index| if index == 0 { &manifest } else { part(index - 1) });
            read_run(folder);
        }
        _ => {
            write(folder, &["run.json", "completions.jsonl"], part);
            read_run(folder);
        }
    }
});

fn write<'a>(folder: &Path, names: &[&str], content: impl Fn(usize) -> &'a [u8]) {
    for (index, name) in names.iter().enumerate() {
        fs::write(folder.join(name), content(index)).expect("files can be written");
    }
}

fn read_run(folder: &Path) {
    let Ok(run) = RunDirectory::open(folder) else { return };
    let _ = (RunResults::of(&run), run.reference_fuel(), run.completions().map(Iterator::count));
    if let Ok(reader) = SampleReader::open(&run) {
        run.index().tasks().for_each(|(task_id, _)| drop(reader.samples(task_id.as_str())));
    }
    let judged = run.verdicts().map(|verdicts| verdicts.filter(Result::is_ok).count());
    if let Ok(Ok(log)) = RunDirectory::resume(folder).map(|run| run.verdict_log(|_| true)) {
        assert_eq!(judged.ok().map(|judged| judged as u64), Some(run.index().len() - log.missing()));
    }
}
