//! The files that commands see.

use super::*;

pub(super) const PATHS: &str = r#"
    (data (i32.const 1024) "hello\n")
    (data (i32.const 1040) "out")
    (data (i32.const 1050) "usr/include/a.h")
    (data (i32.const 1070) "d")
    (data (i32.const 1080) "d/moved")
    (data (i32.const 1090) "link")
    (data (i32.const 1100) "usr/include")
"#;
pub(super) const READING: i64 = 1 << 1;
pub(super) const WRITING: i64 = 1 << 6;

#[test]
fn files_are_written_and_read() {
    let start = format!(
        "(local $file i32)
        (local.set $file (call $open (i32.const 1040) (i32.const 3) (i32.const 1) (i64.const {})))
        (call $print (local.get $file) (i32.const 1024) (i32.const 6))
        (call $print (local.get $file) (i32.const 1024) (i32.const 6))
        (call $check (call $fd_seek (local.get $file) (i64.const -4) (i32.const 1) (i32.const 16)))
        (if (i64.ne (i64.load (i32.const 16)) (i64.const 8)) (then (call $proc_exit (i32.const 200))))
        (call $print (i32.const 1) (i32.const 2048) (call $read (local.get $file) (i32.const 2048) (i32.const 100)))
        (call $check (call $fd_close (local.get $file)))
        (call $proc_exit (call $fd_close (local.get $file)))",
        READING | WRITING
    );
    let mut cell = cell(&command(&start, PATHS));
    assert_eq!(cell.run(&[]), Ok(8), "what is closed is no descriptor");
    assert_eq!(cell.output(), b"llo\n");
    assert_eq!(cell.file("out"), Some(&b"hello\nhello\n"[..]));
}

#[test]
fn a_given_file_is_read() {
    let start = format!(
        "(local $file i32)
        (local.set $file (call $open (i32.const 1040) (i32.const 3) (i32.const 0) (i64.const {READING})))
        (call $print (i32.const 1) (i32.const 2048) (call $read (local.get $file) (i32.const 2048) (i32.const 100)))
        (call $print (local.get $file) (i32.const 1024) (i32.const 6))"
    );
    let guest = command(&start, PATHS);
    assert_eq!(cell(&guest).run(&[]), Ok(44), "there is no such file");
    let mut cell = cell(&guest);
    cell.give_file("out", b"given").expect("there is room");
    assert_eq!(cell.run(&[]), Ok(8), "it was opened for reading only");
    assert_eq!(cell.output(), b"given");
}

#[test]
fn directories_names_and_links() {
    let start = format!(
        "(call $print (call $open (i32.const 1040) (i32.const 3) (i32.const 1) (i64.const {WRITING}))
           (i32.const 1024) (i32.const 6))
        (call $check (call $path_create_directory (i32.const 3) (i32.const 1070) (i32.const 1)))
        (call $check (call $path_rename (i32.const 3) (i32.const 1040) (i32.const 3)
          (i32.const 3) (i32.const 1080) (i32.const 7)))
        (call $check (call $path_symlink (i32.const 1080) (i32.const 7) (i32.const 3) (i32.const 1090) (i32.const 4)))
        (call $check (call $path_readlink (i32.const 3) (i32.const 1090) (i32.const 4)
          (i32.const 2048) (i32.const 100) (i32.const 16)))
        (call $print (i32.const 1) (i32.const 2048) (i32.load (i32.const 16)))
        (call $check (call $path_filestat_get (i32.const 3) (i32.const 1) (i32.const 1090) (i32.const 4)
          (i32.const 2048)))
        ;; its kind and size
        (call $print (i32.const 1) (i32.const 2064) (i32.const 1))
        (call $print (i32.const 1) (i32.const 2080) (i32.const 1))
        (call $check (call $fd_readdir (i32.const 3) (i32.const 2048) (i32.const 4096) (i64.const 1) (i32.const 16)))
        ;; what is behind the first entry: the name of the link, and its kind
        (call $print (i32.const 1) (i32.const 2072) (i32.sub (i32.load (i32.const 16)) (i32.const 24)))
        (call $print (i32.const 1) (i32.const 2068) (i32.const 1))
        (call $check (call $path_unlink_file (i32.const 3) (i32.const 1090) (i32.const 4)))
        (call $proc_exit (call $path_remove_directory (i32.const 3) (i32.const 1070) (i32.const 1)))"
    );
    let mut cell = cell(&command(&start, PATHS));
    assert_eq!(cell.run(&[]), Ok(55), "{:?}: the directory is not empty", cell.output());
    assert_eq!(cell.output(), b"d/moved\x04\x06link\x07");
    assert_eq!(cell.file("d/moved"), Some(&b"hello\n"[..]));
    assert_eq!(cell.file("link"), None);
}

#[test]
fn streams_are_no_terminals_and_the_root_is_opened() {
    let start = "(call $check (call $fd_fdstat_get (i32.const 1) (i32.const 2048)))
        (call $print (i32.const 1) (i32.const 2048) (i32.const 16))
        (call $check (call $fd_prestat_get (i32.const 3) (i32.const 2048)))
        (call $check (call $fd_prestat_dir_name (i32.const 3) (i32.const 2056) (i32.load (i32.const 2052))))
        (call $print (i32.const 1) (i32.const 2056) (i32.load (i32.const 2052)))
        (call $proc_exit (call $fd_prestat_get (i32.const 4) (i32.const 2048)))";
    let (ended, output) = run(start, "");
    assert_eq!(ended, Ok(8), "there are no more descriptors");
    assert_eq!(output[0], 2, "a character device");
    assert_ne!(output[8] & (1 << 2), 0, "with the right to seek, which terminals lack");
    assert_eq!(&output[16..], b"/");
    assert_eq!(run("(call $proc_exit (call $fd_tell (i32.const 1) (i32.const 2048)))", "").0, Ok(70));
}

/// Reads the shared file, then overwrites, removes or extends it, creates a file beside it, and lists its directory.
fn shared_guest(change: &str) -> Guest {
    let start = format!(
        "(local $file i32) (local $directory i32)
        (local.set $file (call $open (i32.const 1050) (i32.const 15) (i32.const 0) (i64.const {})))
        (call $print (i32.const 1) (i32.const 2048) (call $read (local.get $file) (i32.const 2048) (i32.const 100)))
        {change}
        (local.set $directory (call $open (i32.const 1100) (i32.const 11) (i32.const 2) (i64.const {READING})))
        (call $check (call $fd_readdir (local.get $directory) (i32.const 2048) (i32.const 4096) (i64.const 0)
          (i32.const 16)))
        (call $print (i32.const 1) (i32.const 2048) (i32.load (i32.const 16)))",
        READING | WRITING
    );
    let (header, more): (Arc<[u8]>, Arc<[u8]>) =
        (Arc::from(&b"int a;"[..]), Arc::from(vec![b'x'; 100 << 20]));
    let files =
        FileTree::new([("usr/include/a.h", header), ("usr/include/b/c", more)]).expect("paths are good");
    engine().compile(&module(&start, PATHS), SECOND, files).expect("it is a guest")
}

#[test]
fn a_shared_file_is_one_cells_to_change_for_itself() {
    let changes = [
        "",
        "(call $check (call $fd_seek (local.get $file) (i64.const 1) (i32.const 0) (i32.const 16)))
         (call $print (local.get $file) (i32.const 1024) (i32.const 6))",
        "(call $print (local.get $file) (i32.const 1024) (i32.const 6))",
        "(call $check (call $path_unlink_file (i32.const 3) (i32.const 1050) (i32.const 15)))",
        "(call $check (call $fd_filestat_set_size (local.get $file) (i64.const 0)))",
        "(call $check (call $path_rename (i32.const 3) (i32.const 1050) (i32.const 15)
           (i32.const 3) (i32.const 1040) (i32.const 3)))",
        "(call $check (call $path_rename (i32.const 3) (i32.const 1100) (i32.const 11)
           (i32.const 3) (i32.const 1070) (i32.const 1)))
         (call $check (call $path_rename (i32.const 3) (i32.const 1070) (i32.const 1)
           (i32.const 3) (i32.const 1100) (i32.const 11)))",
    ];
    let after: [Option<&[u8]>; 7] =
        [Some(b"int a;"), Some(b"ihello\n"), Some(b"int a;hello\n"), None, Some(b""), None, Some(b"int a;")];
    for (change, after) in changes.into_iter().zip(after) {
        let guest = shared_guest(change);
        let mut outputs = Vec::new();
        for _ in 0..3 {
            let mut cell = cell(&guest);
            assert_eq!(cell.run(&[]), Ok(0), "{change}");
            assert_eq!(cell.file("usr/include/a.h"), after, "{change}");
            assert_eq!(cell.file("usr/include/b/c").map(<[u8]>::len), Some(100 << 20));
            outputs.push((cell.output().to_vec(), cell.fuel_used()));
        }
        assert!(outputs[0].0.starts_with(b"int a;"), "{change}");
        assert!(outputs.iter().all(|output| *output == outputs[0]), "{change}");
    }
}

#[test]
fn a_shared_tree_has_good_paths() {
    let empty: Arc<[u8]> = Arc::from(&b""[..]);
    for paths in [["a", "a"], ["a", "a/b"], ["", "b"], ["dev/new", "b"], ["a/", "b"]] {
        assert!(FileTree::new(paths.map(|path| (path, empty.clone()))).is_err(), "{paths:?}");
    }
    assert!(FileTree::new([("/a/b", empty.clone()), ("a/c", empty)]).is_ok());
}
