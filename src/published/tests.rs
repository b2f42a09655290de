use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use super::fetch::{Fetched, fetch_from};
use super::*;

const CONTENT: &[u8] = b"{\"task_id\": \"T/0\"}\n";

fn set(content: &[u8]) -> PinnedSet {
    PinnedSet {
        name: "T".into(),
        also: Vec::new(),
        file: "T.jsonl".into(),
        url: String::new(),
        home: String::new(),
        licence: "MIT".into(),
        problems: 1,
        bytes: content.len() as u64,
        sha256: Sha256::of(content).unwrap(),
    }
}

/// A server that gives one answer, and its address.
fn server(status: &'static str, body: &'static [u8]) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/T.jsonl", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).unwrap();
        let _ = stream.write_all(body); // the client may have seen enough
    });
    (address, thread)
}

#[test]
fn the_table_can_be_read_and_names_are_unambiguous() {
    let of_pinned = pinned().iter().flat_map(|set| std::iter::once(&set.name).chain(&set.also));
    let of_others = others().iter().flat_map(|set| std::iter::once(&set.name).chain(&set.also));
    let mut names: Vec<String> = of_pinned.chain(of_others).cloned().collect();
    for name in &mut names {
        name.make_ascii_lowercase();
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert!(all > 15 && names.len() == all, "{names:?}");
    for set in pinned() {
        assert!(set.url.starts_with("https://") && set.home.starts_with("https://"), "{}", set.name);
        // By its name the file is found.
        assert_eq!(set.file.split('.').next(), Some(set.name.as_str()));
        assert!(set.bytes > 1000 && set.problems > 10, "{}", set.name);
    }
    assert!(matches!(find("humaneval"), Some(KnownSet::Pinned(set)) if set.problems == 164));
    assert!(matches!(find("apps"), Some(KnownSet::Other(_))));
    assert_eq!(find("zzz"), None);
}

#[test]
fn a_set_is_fetched_once_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("new/folder");
    let set = set(CONTENT);
    let (url, thread) = server("200 OK", CONTENT);
    let mut seen = 0;
    let fetched = fetch_from(&url, &set, &place, false, &mut |bytes| seen = bytes).unwrap();
    thread.join().unwrap();
    assert_eq!((fetched.was_there, seen), (false, CONTENT.len() as u64));
    assert_eq!(std::fs::read(&fetched.path).unwrap(), CONTENT);
    assert!(is_there(&set, &place));
    // Nobody listens any more, and nobody is asked.
    let again = fetch_from(&url, &set, &place, false, &mut |_| ()).unwrap();
    assert_eq!(again, Fetched { path: place.join("T.jsonl"), was_there: true });
}

#[test]
fn other_bytes_are_not_kept() {
    for (body, says) in [
        (&b"{\"task_id\": \"T/1\"}\n"[..], "is not the file that is known"),
        (&[b'x'; 10_000][..], "longer than the 19 bytes"),
        (&b"short"[..], "is not the file that is known"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (url, thread) = server("200 OK", body);
        let error =
            fetch_from(&url, &set(CONTENT), folder.path(), false, &mut |_| ()).unwrap_err().to_string();
        thread.join().unwrap();
        assert!(error.contains(says), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn without_a_server_it_is_said_which_file_belongs_where() {
    let folder = tempfile::tempdir().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}/T.jsonl");
    let place = folder.path().join("T.jsonl");
    let (missing, thread) = server("404 Not Found", b"");
    for url in [&url, &missing] {
        let error =
            fetch_from(url, &set(CONTENT), folder.path(), false, &mut |_| ()).unwrap_err().to_string();
        assert!(error.contains(url.as_str()) && error.contains(&place.display().to_string()), "{error}");
    }
    thread.join().unwrap();
    // What somebody put there is taken, if it is the file.
    std::fs::write(&place, CONTENT).unwrap();
    assert!(fetch_from(&url, &set(CONTENT), folder.path(), false, &mut |_| ()).unwrap().was_there);
    std::fs::write(&place, b"something else").unwrap();
    let error = fetch_from(&url, &set(CONTENT), folder.path(), false, &mut |_| ()).unwrap_err();
    assert!(matches!(error, FetchError::OtherFile { .. }), "{error}");
    let (url, thread) = server("200 OK", CONTENT);
    assert!(!fetch_from(&url, &set(CONTENT), folder.path(), true, &mut |_| ()).unwrap().was_there);
    thread.join().unwrap();
}
