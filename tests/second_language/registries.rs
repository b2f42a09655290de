//! Registries that serve the packages that the guests are made of, and the manifest that names them.

use std::io::BufReader;
use std::net::TcpListener;

use flate2::Compression;
use flate2::write::GzEncoder;
use karat::package::Sha256;
use karat::runner::install::RunnerSources;

use super::letters::{COUNTER, INTERPRETER, Letters, STARTED, TURNS, probe};
use super::*;

/// A gzipped package with these files; all paths begin with `root`.
fn package(root: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, format!("{root}/{path}"), *content).expect("there is memory");
    }
    builder.into_inner().and_then(GzEncoder::finish).expect("there is memory")
}

/// The contents of npm's registry: the interpreter, and a file for its cells.
pub(super) fn interpreter() -> Vec<u8> {
    let [letters, started, turns] =
        [INTERPRETER, STARTED, TURNS].map(|text| wat::parse_str(text).expect("it is a module"));
    package(
        "package",
        &[
            ("letters.wasm", &letters),
            ("started.wasm", &started),
            ("turns.wasm", &turns),
            ("lib/greeting", b"hello\n"),
        ],
    )
}

/// The contents of the registry of crates: the counter.
pub(super) fn counter() -> Vec<u8> {
    let component = wat::parse_str(COUNTER).expect("it is a component");
    let manifest = "[package]\nname = \"letters-counter\"\nversion = \"1.0.0\"\nedition = \"2021\"\n";
    let files: [(&str, &[u8]); 3] =
        [("Cargo.toml", manifest.as_bytes()), ("src/lib.rs", b""), ("counter.wasm", &component)];
    package("letters-counter-1.0.0", &files)
}

fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256::of(bytes).expect("memory can be read")
}

/// A registry of that one crate; its address.
pub(super) fn registry(archive: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    let files = format!("{{\"dl\": \"{address}/files\"}}").into_bytes();
    let index = serde_json::json!({
        "name": "letters-counter", "vers": "1.0.0", "deps": [], "cksum": sha256(&archive).to_string(),
        "features": {}, "yanked": false,
    });
    let index = format!("{index}\n").into_bytes();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("somebody asks");
            let mut lines =
                BufReader::new(stream.try_clone().expect("it is open")).lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            lines.find(String::is_empty);
            let (status, body) = match request.split(' ').nth(1) {
                Some("/config.json") => ("200 OK", files.as_slice()),
                Some("/le/tt/letters-counter") => ("200 OK", index.as_slice()),
                Some("/files/letters-counter/1.0.0/download") => ("200 OK", archive.as_slice()),
                _ => ("404 Not Found", &b""[..]),
            };
            let head =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.as_bytes(), body].concat());
        }
    });
    address
}

/// The runner's recipe, as `src/runner/table.rs` lists those of others.
pub(super) fn recipe() -> Recipe {
    let (interpreter, counter) = (interpreter(), counter());
    let manifest = format!(
        r#"name = "letters"
language = "ada"
interpreter = "letters 1"

[[packages]]
registry = "npm"
name = "letters"
version = "1.0.0"
archives = [{{ sha256 = "{}", bytes = {} }}]
members = [
    {{ path = "package/letters.wasm", to = "letters.wasm", bytes = 10000 }},
    {{ path = "package/started.wasm", to = "started.wasm", bytes = 10000 }},
    {{ path = "package/turns.wasm", to = "turns.wasm", bytes = 10000 }},
    {{ path = "package/lib/", to = "lib/", bytes = 10000 }},
]

[[packages]]
registry = "crates"
name = "letters-counter"
version = "1.0.0"
archives = [{{ sha256 = "{}", bytes = {} }}]
members = [{{ path = "letters-counter-1.0.0/counter.wasm", to = "counter.wasm", bytes = 10000 }}]

[[guests]]
name = "letters"
step = "module"
file = "letters.wasm"
files = [{{ from = "lib/", at = "lib" }}]

[[guests]]
name = "counter"
step = "component"
file = "counter.wasm"

[[guests]]
name = "started"
step = "snapshot"
file = "started.wasm"
initialize = ["_initialize"]
files = [{{ from = "lib/", at = "lib" }}]

[[guests]]
name = "turns"
step = "snapshot"
file = "turns.wasm"
initialize = [{{ turn = "quiet" }}]

[fingerprint]
hash = 6
fuel = 1
"#,
        sha256(&interpreter),
        interpreter.len(),
        sha256(&counter),
        counter.len(),
    );
    let sources =
        RunnerSources { name: "letters", manifest: manifest.leak(), files: &[], stack: None, make: None };
    let load = |compiled: &Compiled| Ok(Arc::new(Letters::load(compiled)?) as Arc<dyn Runner>);
    Recipe { language: Language::Ada, interpreter: None, sources, native_second: SECOND, load, probe }
}
