//! `karat data` as its users meet it: against a server on this machine, and without one.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;

use common::{karat, shared};

fn output(command: &mut assert_cmd::Command) -> (String, String, Option<i32>) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// A server that gives one answer, and its address.
fn server(body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        assert!(request.starts_with(b"GET /HumanEval.jsonl.gz "), "{}", String::from_utf8_lossy(&request));
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).unwrap();
        let _ = stream.write_all(&body);
    });
    address
}

#[test]
fn the_sets_are_listed_with_licence_and_origin() {
    let (table, stderr, status) = output(karat().args(["data", "list"]));
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    for part in ["HumanEval+", "164", "MIT", "github.com/openai/human-eval", "LiveCodeBench", "by hand"] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let (json, ..) = output(karat().args(["data", "list", "--format", "json"]));
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[0]["set"], "HumanEval");
    assert_eq!(rows[0]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(rows[0]["path"], serde_json::Value::Null);
}

#[test]
fn a_fetched_set_is_found_by_its_name() {
    let Some(path) = shared("humaneval/HumanEval.jsonl.gz") else { return };
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let fetch = |mirror: &str| {
        let mut command = karat();
        command.env("KARAT_SETS_DIR", &data).env("KARAT_SETS_MIRROR", mirror);
        output(command.args(["data", "fetch", "humaneval"]))
    };
    let (stdout, stderr, status) = fetch(&server(fs::read(path).unwrap()));
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stdout.starts_with("HumanEval (MIT): fetched: ") && stderr.is_empty(), "{stdout}{stderr}");
    let (again, ..) = fetch("http://127.0.0.1:1");
    assert!(again.contains("was there"), "{again}");
    let mut list = karat();
    list.current_dir(directory.path()).env("KARAT_SETS_DIR", &data).args(["problems", "list"]);
    let (listed, ..) = output(&mut list);
    assert!(listed.contains("HumanEval") && listed.contains("164"), "{listed}");
    let mut show = karat();
    show.current_dir(directory.path()).env("KARAT_SETS_DIR", &data).args(["problems", "show", "humaneval/3"]);
    let (shown, stderr, _) = output(&mut show);
    assert!(shown.starts_with("HumanEval/3"), "{shown}{stderr}");
}

#[test]
fn what_can_not_be_fetched_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let error = |mirror: &str, set: &str| {
        let mut command = karat();
        command.env("KARAT_SETS_DIR", &data).env("KARAT_SETS_MIRROR", mirror);
        let (stdout, stderr, status) = output(command.args(["data", "fetch", set]));
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
        stderr
    };
    let nobody = "http://127.0.0.1:1";
    let offline = error(nobody, "humaneval");
    let place = data.join("HumanEval.jsonl.gz").display().to_string();
    assert!(offline.contains("put it at") && offline.contains(&place), "{offline}");
    let other = error(&server(b"another file".to_vec()), "humaneval");
    assert!(other.contains("is not the file that is known") && !data.join("HumanEval.jsonl.gz").exists());
    let by_hand = error(nobody, "livecodebench");
    assert!(by_hand.contains("huggingface.co/datasets/livecodebench"), "{by_hand}");
    let misspelt = error(nobody, "humnaeval");
    assert!(misspelt.contains("did you mean HumanEval?") || misspelt.contains("HumanEval or"), "{misspelt}");
    let mut list = karat();
    let (_, stderr, _) = output(list.args(["problems", "list", "humaneval"]).current_dir(directory.path()));
    assert!(stderr.contains("`karat data fetch HumanEval` fetches it"), "{stderr}");
}
