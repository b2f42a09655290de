//! Files of problems: any bytes as they are, compressed, or as a set in Karat's own format, with the format recognised
//! or given. What loads can be read back, and loads the same when it is compressed.

#![no_main]

use std::fs;
use std::io::Write;
use std::panic;
use std::path::Path;

use karat::problem::load::{LoadError, load};
use karat::problem::{Dataset, ProblemSet};
use libfuzzer_sys::fuzz_target;

const SET: &str = "name = \"s\"\nversion = \"1\"\nlicence = \"MIT\"\nlanguages = [\"python\", \"lua\"]\n\
                   natural_languages = [\"en\", \"zh\"]\n[comparison.stdio]\nrule = \"tokens\"\n";

fuzz_target!(init: excuse_the_parquet_reader(), |bytes: &[u8]| {
    let Some((choice, content)) = bytes.split_last() else { return };
    let folder = tempfile::tempdir().expect("a folder can be made");
    let dataset = Dataset::ALL.get(usize::from(choice >> 2)).copied();
    match choice & 3 {
        0 => {
            let Some(set) = load_file(folder.path(), content, dataset) else { return };
            if [&b"\x1f\x8b"[..], b"\x28\xb5\x2f\xfd"].iter().any(|magic| content.starts_with(magic)) {
                return;
            }
            let zstd = zstd::encode_all(content, 1).expect("bytes can be compressed");
            let again = load_file(folder.path(), &zstd, dataset).expect("it loads when it is compressed");
            assert_eq!((&again.digest, again.len()), (&set.digest, set.len()));
        }
        1 => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(content).expect("bytes can be compressed");
            load_file(folder.path(), &encoder.finish().expect("bytes can be compressed"), dataset);
        }
        2 => {
            fs::write(folder.path().join("set.toml"), SET).expect("files can be written");
            fs::write(folder.path().join("problem.toml"), content).expect("files can be written");
            check(load(folder.path(), dataset));
        }
        _ => {
            fs::write(folder.path().join("set.toml"), content).expect("files can be written");
            check(load(folder.path(), dataset));
        }
    }
});

fn load_file(folder: &Path, content: &[u8], dataset: Option<Dataset>) -> Option<ProblemSet> {
    let path = folder.join("set");
    fs::write(&path, content).expect("files can be written");
    check(load(&path, dataset))
}

fn check(loaded: Result<ProblemSet, LoadError>) -> Option<ProblemSet> {
    let set = loaded.map_err(|error| assert!(!error.to_string().is_empty())).ok()?;
    assert!(!set.is_empty());
    for problem in set.problems() {
        assert!(problem.is_ok_and(|problem| set.get(problem.task_id.as_str()).is_some()));
    }
    Some(set)
}

/// The loader catches panics of the crate that reads Parquet, so they are no findings.
fn excuse_the_parquet_reader() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !info.location().is_some_and(|location| location.file().contains("/parquet-")) {
            report(info);
        }
    }));
}
