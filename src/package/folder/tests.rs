//! Parts in a folder: fetched once, whole or not at all.

use std::io::Write;

use super::*;
use crate::package::{Archive, Made, Member, Registry, Sha256};

/// A wheel with one file, and the part that wants it.
fn wheel(part: &str, content: &str) -> (Vec<u8>, Part) {
    let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    writer.start_file("p/file", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(content.as_bytes()).unwrap();
    let archive = writer.finish().unwrap().into_inner();
    let package = Package {
        registry: Registry::PyPi,
        name: part.to_owned(),
        version: "1".to_owned(),
        archives: vec![Archive { sha256: Sha256::of(&archive[..]).unwrap(), bytes: archive.len() as u64 }],
        members: vec![Member { path: "p/file".into(), to: format!("{part}-file"), bytes: 99, sha256: None }],
    };
    let texts = vec![Text { to: format!("NOTICE-{part}"), content: "a notice".to_owned() }];
    (archive, Part { name: part.to_owned(), packages: vec![package], texts, made: Vec::new() })
}

/// Fetches a part, and tells how often an archive was fetched.
fn ensure(folder: &Folder, part: &Part, archive: &[u8]) -> Result<usize, PackageError> {
    let mut fetched = 0;
    let fetch = &mut |_: &Package, work: &Path, _: &mut dyn FnMut(FetchStep)| {
        fetched += 1;
        let path = work.join("archive");
        fs::write(&path, archive).map_err(file_error("can not write", &path))?;
        Ok(path)
    };
    let make = |from: &Path, to: &Path| {
        let upper = fs::read_to_string(from).unwrap().to_uppercase();
        fs::write(to, upper).map_err(|error| error.to_string())
    };
    folder.ensure_by(part, &mut |_| (), &make, fetch)?;
    Ok(fetched)
}

fn names(folder: &Folder) -> Vec<String> {
    files::names(folder.path()).unwrap()
}

#[test]
fn a_part_is_fetched_once_and_again_when_it_is_damaged_or_of_other_pins() {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder::new(&directory.path().join("deep/folder")).unwrap();
    let (archive, part) = wheel("one", "content");
    assert_eq!(folder.state(&part), PartState::Missing);
    assert_eq!(ensure(&folder, &part, &archive).unwrap(), 1);
    assert_eq!(ensure(&folder, &part, &archive).unwrap(), 0);
    assert_eq!(names(&folder), ["NOTICE-one", "lock", "one-file", "one.part.json"]);
    // Damaged, to the same length: only digests tell.
    let file = folder.path().join("one-file");
    fs::write(&file, "contenT").unwrap();
    assert_eq!(folder.quick_state(&part), PartState::Ready);
    assert!(matches!(folder.state(&part), PartState::Damaged(how) if how.contains("one-file is not as")));
    assert_eq!(ensure(&folder, &part, &archive).unwrap(), 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "content");
    fs::remove_file(&file).unwrap();
    assert!(matches!(folder.quick_state(&part), PartState::Damaged(how) if how.contains("can not be read")));
    fs::write(folder.path().join("one.part.json"), "{").unwrap();
    assert!(matches!(folder.state(&part), PartState::Damaged(_)));
    assert_eq!(ensure(&folder, &part, &archive).unwrap(), 1);
    // The next version of it takes its place.
    let (archive, newer) = wheel("one", "newer content");
    assert_eq!(folder.state(&newer), PartState::Missing);
    assert_eq!(ensure(&folder, &newer, &archive).unwrap(), 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "newer content");
    assert_eq!(folder.state(&part), PartState::Missing);
}

#[test]
fn what_is_made_of_a_file_takes_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder::new(directory.path()).unwrap();
    let (archive, mut part) = wheel("one", "content");
    let made = |sha256| Made { of: "one-file".into(), to: "made".into(), bytes: 7, sha256 };
    part.made = vec![made(Sha256::of(&b"CONTENt"[..]).unwrap())];
    let error = ensure(&folder, &part, &archive).unwrap_err().to_string();
    assert!(error.starts_with("can not make made: its sha256 is ") && !folder.path().join("made").exists());
    part.made = vec![made(Sha256::of(&b"CONTENT"[..]).unwrap())];
    assert_eq!(ensure(&folder, &part, &archive).unwrap(), 1);
    assert_eq!(names(&folder), ["NOTICE-one", "lock", "made", "one.part.json"]);
    assert_eq!((folder.state(&part), part.bytes()), (PartState::Ready, 7));
    fs::write(folder.path().join("made"), "CONTENt").unwrap();
    assert!(matches!(folder.state(&part), PartState::Damaged(_)));
}

#[test]
fn two_at_once_fetch_once() {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder::new(directory.path()).unwrap();
    let (archive, part) = wheel("one", "content");
    let fetched: usize = std::thread::scope(|scope| {
        let threads = [0; 4].map(|_| scope.spawn(|| ensure(&folder, &part, &archive).unwrap()));
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(fetched, 1);
    assert_eq!(folder.state(&part), PartState::Ready);
}

#[test]
fn what_fails_leaves_what_was_there_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder::new(directory.path()).unwrap();
    let (archive, part) = wheel("one", "content");
    let (_, mut other) = wheel("two", "other");
    ensure(&folder, &part, &archive).unwrap();
    other.packages[0].members[0].path = "p/missing".to_owned();
    let error = ensure(&folder, &other, &archive).unwrap_err().to_string();
    assert!(error.contains("the archive of two 1, p/missing: it is not there"), "{error}");
    assert_eq!(names(&folder), ["NOTICE-one", "lock", "one-file", "one.part.json"]);
    assert_eq!(folder.state(&part), PartState::Ready);
    // As if a process had been killed.
    fs::create_dir(folder.path().join(".unfinished-x")).unwrap();
    let (archive, two) = wheel("two", "other");
    assert_eq!(folder.kept().unwrap().iter().map(|kept| kept.part.as_str()).collect::<Vec<_>>(), ["one", ""]);
    ensure(&folder, &two, &archive).unwrap();
    let kept = folder.kept().unwrap();
    assert_eq!(kept.iter().map(|kept| kept.part.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert!(kept[0].bytes > 15 && kept[0].inputs == part.inputs(), "{kept:?}");
    folder.remove(&part).unwrap();
    assert_eq!(names(&folder), ["NOTICE-two", "lock", "two-file", "two.part.json"]);
}

#[test]
fn a_record_names_nothing_outside() {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder::new(&directory.path().join("folder")).unwrap();
    let (archive, part) = wheel("one", "content");
    ensure(&folder, &part, &archive).unwrap();
    let precious = directory.path().join("precious");
    fs::write(&precious, "gold").unwrap();
    let record = folder.path().join("one.part.json");
    let text = fs::read_to_string(&record).unwrap().replace("one-file", "../precious");
    fs::write(&record, text).unwrap();
    assert!(matches!(folder.state(&part), PartState::Damaged(how) if how.contains("names ../precious")));
    folder.remove(&part).unwrap();
    assert!(precious.exists());
}
