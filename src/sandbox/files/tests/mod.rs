use std::sync::Arc;

use super::tree::{LONGEST_NAME, MOST_BYTES, MOST_NODES};
use super::*;
use model::shared;

mod model;

const NOW: Timestamp = Timestamp { seconds: 5, nanoseconds: 7 };

const READ: Open = open(true, false, false, false);
const CREATE: Open = open(true, true, true, false);
const REPLACE: Open = open(false, true, true, true);

const fn open(read: bool, write: bool, create: bool, truncate: bool) -> Open {
    Open { read, write, create, truncate, exclusive: false, directory: false, follow: true }
}

fn files() -> (Files, u32) {
    let mut files = Files::new(&FileTree::default(), Timestamp { seconds: 0, nanoseconds: 0 });
    let root = files.open_root().unwrap();
    (files, root)
}

fn write(files: &mut Files, at: u32, path: &str, contents: &[u8]) -> Result<()> {
    let file = files.open_at(at, path, REPLACE, NOW)?;
    let stream = files.output_stream(file, Some(0))?;
    let written = files.write_stream(stream, contents, NOW);
    files.close(stream);
    files.close(file);
    written
}

fn names(files: &mut Files, at: u32, path: &str) -> Result<Vec<String>> {
    let directory = files.open_at(at, path, Open { directory: true, ..READ }, NOW)?;
    let listing = files.list(directory)?;
    let mut names = Vec::new();
    while let Some((name, _)) = files.next_entry(listing)? {
        names.push(name.to_string());
    }
    files.close(listing);
    files.close(directory);
    Ok(names)
}

#[test]
fn it_begins_with_devices_that_are_not_listed() {
    let (mut files, root) = files();
    assert_eq!(names(&mut files, root, "/"), Ok(vec![]));
    assert_eq!(names(&mut files, root, "tmp"), Ok(vec![]));
    let devices = ["null", "random", "stderr", "stdin", "stdout", "urandom"];
    assert_eq!(names(&mut files, root, "/dev/").unwrap(), devices);
    let null = files.open_at(root, "dev/null", CREATE, NOW).unwrap();
    let stream = files.output_stream(null, Some(0)).unwrap();
    assert_eq!(files.sink(stream), Ok(Target::Device(Device::Null)));
    assert_eq!(files.set_size(null, 5, NOW), Err(FileError::Invalid));
    assert_eq!(files.left(null, 0), Err(FileError::InvalidSeek));
    for path in ["dev/null", "/dev/new", "tmp/../dev/stdin"] {
        assert!(files.open_at(root, &format!("{path}/x"), CREATE, NOW).is_err(), "{path}");
    }
    assert_eq!(files.open_at(root, "/dev/new", CREATE, NOW), Err(FileError::Access));
    assert_eq!(files.remove_file(root, "/dev/null", NOW), Err(FileError::Access));
    assert_eq!(files.remove_directory(root, "/tmp", NOW), Err(FileError::Busy));
    assert_eq!(files.rename((root, "dev"), (root, "x"), NOW), Err(FileError::Busy));
    write(&mut files, root, "x", b"").unwrap();
    assert_eq!(files.rename((root, "x"), (root, "tmp"), NOW), Err(FileError::Busy));
    assert_eq!(files.rename((root, "x"), (root, "dev/null"), NOW), Err(FileError::Access));
}

#[test]
fn errors_are_those_of_posix() {
    let (mut files, root) = files();
    files.create_directory(root, "d", NOW).unwrap();
    files.create_directory(root, "d/e", NOW).unwrap();
    write(&mut files, root, "f", b"1").unwrap();
    let open = |files: &mut Files, path: &str, how: Open| files.open_at(root, path, how, NOW).map(|_| ());
    let exclusive = Open { exclusive: true, ..CREATE };
    let directory = Open { directory: true, ..READ };
    let long = "x".repeat(LONGEST_NAME + 1);
    let deep = "d/".repeat(LONGEST_PATH / 2 + 1);
    for (path, how, error) in [
        ("", READ, FileError::NoEntry),
        ("g", READ, FileError::NoEntry),
        ("g/h", CREATE, FileError::NoEntry),
        ("f/h", CREATE, FileError::NotDirectory),
        ("f/", READ, FileError::NotDirectory),
        ("f/.", READ, FileError::NotDirectory),
        ("f", directory, FileError::NotDirectory),
        ("d", CREATE, FileError::IsDirectory),
        ("g/", CREATE, FileError::IsDirectory),
        ("f", exclusive, FileError::Exist),
        ("d", exclusive, FileError::Exist),
        ("a\0b", CREATE, FileError::Invalid),
        (&long, CREATE, FileError::NameTooLong),
        (&deep, READ, FileError::NameTooLong),
    ] {
        assert_eq!(open(&mut files, path, how), Err(error), "{path}");
    }
    for path in ["d", "d/", ".", "d/..", "..", "../..", "/", "//d/./e"] {
        assert_eq!(open(&mut files, path, READ), Ok(()), "{path}");
    }
    assert_eq!(files.create_directory(root, "d/.", NOW), Err(FileError::Exist));
    assert_eq!(files.remove_directory(root, "d", NOW), Err(FileError::NotEmpty));
    assert_eq!(files.remove_directory(root, "d/.", NOW), Err(FileError::Invalid));
    assert_eq!(files.remove_directory(root, "f", NOW), Err(FileError::NotDirectory));
    assert_eq!(files.remove_file(root, "d", NOW), Err(FileError::IsDirectory));
    assert_eq!(files.rename((root, "d"), (root, "d/e/x"), NOW), Err(FileError::Invalid));
    assert_eq!(files.rename((root, "f"), (root, "d"), NOW), Err(FileError::IsDirectory));
    assert_eq!(files.rename((root, "d"), (root, "f"), NOW), Err(FileError::NotDirectory));
    assert_eq!(files.link((root, "d"), (root, "l"), true, NOW), Err(FileError::NotPermitted));
    assert_eq!(files.link((root, "f"), (root, "d"), true, NOW), Err(FileError::Exist));
}

#[test]
fn streams_share_a_position_and_need_the_right_access() {
    let (mut files, root) = files();
    let file = files.open_at(root, "f", CREATE, NOW).unwrap();
    let output = files.output_stream(file, Some(0)).unwrap();
    files.write_stream(output, b"0123456789", NOW).unwrap();
    let input = files.input_stream(file, 2).unwrap();
    let mut bytes = [0; 3];
    assert_eq!((files.read_stream(input, &mut bytes), &bytes), (Ok(3), b"234"));
    files.write_stream(output, b"XY", NOW).unwrap();
    assert_eq!(files.source(input), Ok(Target::File { left: 3 }));
    assert_eq!((files.read_stream(input, &mut bytes), &bytes), (Ok(3), b"789"));
    let append = files.output_stream(file, None).unwrap();
    files.read_at(file, 0, &mut bytes).unwrap();
    files.write_stream(append, b"!", NOW).unwrap();
    assert_eq!(files.contents("f"), Ok(&b"01234XY789!"[..]));
    // A gap is filled with zeros.
    files.write_at(file, 13, b"z", NOW).unwrap();
    assert_eq!(files.contents("f"), Ok(&b"01234XY789!\0\0z"[..]));

    let readable = files.open_at(root, "f", READ, NOW).unwrap();
    assert_eq!(files.output_stream(readable, None), Err(FileError::BadDescriptor));
    assert_eq!(files.write_at(readable, 0, b"x", NOW), Err(FileError::BadDescriptor));
    assert_eq!(files.set_size(readable, 0, NOW), Err(FileError::Invalid));
    let writable = files.open_at(root, "f", Open { read: false, ..CREATE }, NOW).unwrap();
    assert_eq!(files.input_stream(writable, 0), Err(FileError::BadDescriptor));
    assert_eq!(files.left(writable, 0), Err(FileError::BadDescriptor));
    assert_eq!(files.input_stream(root, 0), Err(FileError::IsDirectory));
    // A handle of one kind is none of another.
    assert_eq!(files.stat(input).err(), Some(FileError::BadDescriptor));
    assert_eq!(files.source(output), Err(FileError::BadDescriptor));
    assert_eq!(files.next_entry(file), Err(FileError::BadDescriptor));
}

#[test]
fn what_is_removed_lasts_while_it_is_open() {
    let (mut files, root) = files();
    let file = files.open_at(root, "f", CREATE, NOW).unwrap();
    files.write_at(file, 0, b"still", NOW).unwrap();
    files.remove_file(root, "f", NOW).unwrap();
    assert_eq!(files.contents("f"), Err(FileError::NoEntry));
    assert_eq!(files.left(file, 0), Ok(5));
    assert_eq!(files.tree.counted().0, 5);
    files.close(file);
    assert_eq!(files.tree.counted(), files.tree.recount());
    assert_eq!(files.tree.counted().0, 0);

    files.create_directory(root, "d", NOW).unwrap();
    let directory = files.open_at(root, "d", READ, NOW).unwrap();
    files.remove_directory(root, "d", NOW).unwrap();
    assert_eq!(files.open_at(directory, "x", CREATE, NOW), Err(FileError::NoEntry));
    assert!(files.stat(directory).is_ok());
}

#[test]
fn links_are_names_of_one_file() {
    let (mut files, root) = files();
    write(&mut files, root, "f", b"12").unwrap();
    files.link((root, "f"), (root, "tmp/l"), true, NOW).unwrap();
    write(&mut files, root, "tmp/l", b"345").unwrap();
    assert_eq!(files.contents("f"), Ok(&b"345"[..]));
    let stats = [files.stat_at(root, "f", true).unwrap(), files.stat_at(root, "tmp/l", true).unwrap()];
    assert_eq!(stats[0].node, stats[1].node);
    assert_eq!(stats.map(|stat| stat.names), [2, 2]);
    files.rename((root, "f"), (root, "tmp/l"), NOW).unwrap();
    assert!(files.contents("f").is_ok(), "renaming to itself changes nothing");
    files.remove_file(root, "f", NOW).unwrap();
    assert_eq!(files.contents("tmp/l"), Ok(&b"345"[..]));
    assert_eq!(files.target_of_link(root, "tmp/l"), Err(FileError::Invalid));
    assert_eq!(files.target_of_link(root, "f"), Err(FileError::NoEntry));
}

#[test]
fn symbolic_links_lead_where_they_say() {
    let (mut files, root) = files();
    files.create_directory(root, "d", NOW).unwrap();
    write(&mut files, root, "d/f", b"12").unwrap();
    for (target, link) in
        [("d", "to-d"), ("/d/f", "tmp/to-f"), ("../f", "d/up"), ("new", "dangling"), ("a", "b"), ("b", "a")]
    {
        files.make_symbolic_link(target, root, link, NOW).unwrap();
        assert_eq!(files.target_of_link(root, link).as_deref(), Ok(target));
        assert_eq!(files.stat_at(root, link, false).unwrap().kind, NodeKind::Link);
    }
    assert_eq!(files.contents("to-d/f"), Ok(&b"12"[..]));
    assert_eq!(files.contents("tmp/to-f"), Ok(&b"12"[..]));
    assert_eq!(
        files.contents("to-d/up"),
        Err(FileError::NoEntry),
        "it is beside what it leads to that is meant"
    );
    assert_eq!(files.stat_at(root, "to-d/", false).unwrap().kind, NodeKind::Directory);
    assert_eq!(files.stat_at(root, "a", true).map(|stat| stat.kind), Err(FileError::Loop));
    let not_followed = files.open_at(root, "to-d", Open { follow: false, ..READ }, NOW);
    assert_eq!(not_followed, Err(FileError::Loop));
    // What is made behind a link is made where it leads, unless it must be new.
    assert_eq!(
        files.open_at(root, "dangling", Open { exclusive: true, ..CREATE }, NOW),
        Err(FileError::Exist)
    );
    write(&mut files, root, "dangling", b"3").unwrap();
    assert_eq!(files.contents("new"), Ok(&b"3"[..]));
    assert_eq!(files.create_directory(root, "to-d", NOW), Err(FileError::Exist));
    assert_eq!(files.make_symbolic_link("x", root, "to-d", NOW), Err(FileError::Exist));
    assert_eq!(files.remove_directory(root, "to-d", NOW), Err(FileError::NotDirectory));
    files.rename((root, "to-d"), (root, "moved"), NOW).unwrap();
    files.remove_file(root, "moved", NOW).unwrap();
    assert_eq!(files.contents("d/f"), Ok(&b"12"[..]), "removing a link leaves what it leads to");
    assert_eq!(files.make_symbolic_link("", root, "empty", NOW), Err(FileError::NoEntry));
    assert_eq!(files.tree.counted(), files.tree.recount());
}

#[test]
fn bytes_nodes_names_and_handles_are_bounded() {
    let (mut files, root) = files();
    let big = files.open_at(root, "big", CREATE, NOW).unwrap();
    assert_eq!(files.set_size(big, MOST_BYTES + 1, NOW), Err(FileError::FileTooLarge));
    assert_eq!(files.write_at(big, u64::MAX, b"12", NOW), Err(FileError::FileTooLarge));
    assert_eq!(files.write_at(big, MOST_BYTES, b"", NOW), Ok(()), "nothing written is no gap");
    files.set_size(big, MOST_BYTES - 3, NOW).unwrap();
    assert_eq!(write(&mut files, root, "small", b"1234"), Err(FileError::InsufficientSpace));
    assert_eq!(write(&mut files, root, "small", b"123"), Ok(()));
    // What was removed takes space as long as it is open.
    files.remove_file(root, "big", NOW).unwrap();
    assert_eq!(write(&mut files, root, "small", b"1234"), Err(FileError::InsufficientSpace));
    files.close(big);
    assert_eq!(write(&mut files, root, "small", b"1234"), Ok(()));
    // What was cut off does not stay in memory.
    let small = files.open_at(root, "small", CREATE, NOW).unwrap();
    files.set_size(small, 1 << 20, NOW).unwrap();
    files.set_size(small, 1, NOW).unwrap();
    assert!(files.tree.capacity() < 8 << 10, "{}", files.tree.capacity());

    let made = (0..2 * MOST_NODES).take_while(|n| write(&mut files, root, &n.to_string(), b"").is_ok());
    assert!(made.count() < MOST_NODES);
    let directory = files.create_directory(root, "directory", NOW);
    assert_eq!(directory, Err(FileError::InsufficientSpace));
    // The root is a node without a name.
    let linked = |files: &mut Files, n: u32| files.link((root, "1"), (root, &format!("l{n}")), true, NOW);
    assert_eq!([0, 1].map(|n| linked(&mut files, n)), [Ok(()), Err(FileError::InsufficientSpace)]);
    files.remove_file(root, "7", NOW).unwrap();
    assert_eq!(files.create_directory(root, "directory", NOW), Ok(()));

    let mut opened = Vec::new();
    let error = loop {
        match files.open_at(root, "1", READ, NOW) {
            Ok(handle) => opened.push(handle),
            Err(error) => break error,
        }
    };
    assert_eq!(error, FileError::TooManyOpen);
    files.close(opened.swap_remove(100));
    assert!(files.list(root).is_ok());
    assert_eq!(files.list(root), Err(FileError::TooManyOpen));
    assert_eq!(files.tree.counted(), files.tree.recount());
}

#[test]
fn what_a_cell_changes_of_shared_files_is_its_own() {
    let (tree, _) = shared();
    let begin = || {
        let mut files = Files::new(&tree, NOW);
        let root = files.open_root().unwrap();
        (files, root)
    };
    let (mut files, root) = begin();
    assert_eq!(files.tree.counted().0, 0, "what is shared is not the cell's");
    let open = files.open_at(root, "a/b", CREATE, NOW).unwrap();
    assert_eq!(files.tree.counted().0, 0, "and not when it is opened");
    files.write_at(open, 1, b"x", NOW).unwrap();
    assert_eq!(files.tree.counted().0, 6, "but when it is written to");
    files.remove_file(root, "a/b", NOW).unwrap();
    let mut bytes = [0; 9];
    assert_eq!(files.read_at(open, 0, &mut bytes), Ok(6), "what is removed lasts while it is open");
    assert_eq!(&bytes[..6], b"sxared");
    files.close(open);
    assert_eq!(files.tree.counted().0, 0);
    assert_eq!(files.contents("a/b"), Err(FileError::NoEntry));
    let (mut other, _) = begin();
    assert_eq!(other.contents("a/b"), Ok(&b"shared"[..]));

    // It has as much room as without.
    let (mut files, root) = begin();
    let made = (0..2 * MOST_NODES).take_while(|n| write(&mut files, root, &n.to_string(), b"").is_ok());
    let made = made.count();
    assert!((MOST_NODES - 20..=MOST_NODES).contains(&made), "{made}");
    let large: Arc<[u8]> = Arc::from(vec![1; MOST_BYTES as usize + 1]);
    let tree = FileTree::new([("large", large)]).unwrap();
    let mut files = Files::new(&tree, NOW);
    let root = files.open_root().unwrap();
    let open = files.open_at(root, "large", CREATE, NOW).unwrap();
    assert_eq!(files.write_at(open, 0, b"x", NOW), Err(FileError::InsufficientSpace));
    assert_eq!(files.set_size(open, 2, NOW), Ok(()));
    assert_eq!(files.write_at(open, 0, b"x", NOW), Ok(()));
    assert_eq!(files.contents("large"), Ok(&b"x\x01"[..]));
}

#[test]
fn work_is_worth_fuel() {
    let (mut files, root) = files();
    files.take_work();
    write(&mut files, root, "f", &[1; 10_000]).unwrap();
    let written = files.take_work();
    assert!(written >= 20_000, "{written}");
    assert_eq!(files.take_work(), 0);
    let deep = "tmp/../".repeat(500);
    files.stat_at(root, &format!("{deep}f"), true).unwrap();
    assert!(files.take_work() >= 1_000 * 1_000);
}

#[test]
fn times_are_those_of_the_clock() {
    let (mut files, root) = files();
    let later = Timestamp { seconds: 9, nanoseconds: 0 };
    write(&mut files, root, "f", b"1").unwrap();
    let stat = files.stat_at(root, "f", true).unwrap();
    assert_eq!([stat.accessed, stat.modified, stat.changed], [NOW; 3]);
    assert_eq!(files.stat_at(root, ".", true).unwrap().modified, NOW, "something was put there");
    let long_ago = Timestamp { seconds: 1, nanoseconds: 2 };
    files.set_times_at(root, "f", true, [NewTime::At(long_ago), NewTime::Keep], later).unwrap();
    let stat = files.stat_at(root, "f", true).unwrap();
    assert_eq!([stat.accessed, stat.modified, stat.changed], [long_ago, NOW, later]);
}

#[test]
fn a_given_file_is_there() {
    let (mut files, _) = files();
    files.give("input.txt", b"1 2\n", NOW).unwrap();
    assert_eq!(files.contents("/input.txt"), Ok(&b"1 2\n"[..]));
    assert_eq!(files.give("no/input.txt", b"", NOW), Err(FileError::NoEntry));
    assert_eq!(files.give("tmp", b"", NOW), Err(FileError::IsDirectory));
}
