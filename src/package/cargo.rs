//! cargo: the machine's own. It fetches crates as the user has set it to, from a mirror, say.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use etcetera::BaseStrategy;

use super::error::{PackageError, file_error};
use super::python::what_it_said;
use super::{Package, Registry, Sha256};
use crate::{child, files};

/// What cargo says where it can not reach the registry.
const UNREACHABLE: [&str; 8] = [
    "Could not resolve",
    "Could not connect",
    "Couldn't resolve",
    "Couldn't connect",
    "Connection refused",
    "Connection reset",
    "Timeout was reached",
    "spurious network error",
];

/// What cargo says of a crate whose digest is not the one of the registry's index.
const WRONG_DIGEST: &str = "failed to verify the checksum";

/// The program that cargo is.
#[derive(Clone, Debug)]
pub(super) struct Cargo {
    program: OsString,
    /// Where it keeps what it fetches, and the user's settings.
    home: PathBuf,
}

impl Cargo {
    /// The machine's own: `KARAT_CARGO`, or the one on the path. `package` is what it is wanted for.
    ///
    /// # Errors
    ///
    /// [`PackageError::NoCargo`] if there is none that runs.
    pub(super) fn found(package: &Package) -> Result<Cargo, PackageError> {
        let given = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let named = given("KARAT_CARGO");
        let home = given("CARGO_HOME").map(PathBuf::from).or_else(|| {
            let home = etcetera::choose_base_strategy().ok()?.home_dir().join(".cargo");
            Some(home)
        });
        let program = named.clone().unwrap_or_else(|| "cargo".into());
        home.map(|home| Cargo { program, home }).filter(Cargo::runs).ok_or_else(|| PackageError::NoCargo {
            package: package.label(),
            tried: named.map_or_else(
                || "cargo".to_owned(),
                |named| format!("KARAT_CARGO={}", named.to_string_lossy()),
            ),
        })
    }

    fn command(&self) -> Command {
        let mut command = child::command(&self.program);
        command.env("CARGO_HOME", &self.home).stdin(Stdio::null());
        command
    }

    fn runs(&self) -> bool {
        self.command().arg("--version").output().is_ok_and(|output| output.status.success())
    }

    /// Fetches the archive of a package; the folder `project`, which is empty, is for temporary files. Cargo fetches
    /// what the package depends on, too: nothing of that is used.
    ///
    /// # Errors
    ///
    /// [`PackageError::Unreachable`], [`PackageError::WrongDigest`] or [`PackageError::Refused`].
    pub(super) fn fetch(&self, package: &Package, project: &Path) -> Result<PathBuf, PackageError> {
        let label = package.label();
        let manifest = format!(
            "[package]\nname = \"karat-fetches\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n\
             [lib]\npath = \"lib.rs\"\n\n[workspace]\n\n\
             [dependencies]\n\"{}\" = {{ version = \"={}\", default-features = false }}\n",
            package.name, package.version
        );
        for (name, content) in [("Cargo.toml", manifest.as_str()), ("lib.rs", "")] {
            let path = project.join(name);
            fs::write(&path, content).map_err(file_error("can not write", &path))?;
        }
        let mut command = self.command();
        command.current_dir(project).args(["fetch", "--quiet", "--color", "never"]);
        let output = command.output().map_err(file_error("can not run", Path::new(&self.program)))?;
        if !output.status.success() {
            let said = what_it_said(&output);
            return Err(if said.contains(WRONG_DIGEST) {
                let got = "cargo can not verify its checksum".to_owned();
                PackageError::WrongDigest { registry: Registry::Crates, package: label, got }
            } else if UNREACHABLE.iter().any(|sign| said.contains(sign)) {
                PackageError::Unreachable { tool: "cargo", package: label, said }
            } else {
                PackageError::Refused { tool: "cargo", package: label, said }
            });
        }
        self.kept(package).ok_or_else(|| PackageError::Refused {
            tool: "cargo",
            package: label,
            said: "(nothing, but the crate is not among those that it keeps)".to_owned(),
        })
    }

    /// The archive among those that cargo keeps: the pinned one, where several registries have one of that name.
    fn kept(&self, package: &Package) -> Option<PathBuf> {
        let name = format!("{}-{}.crate", package.name, package.version);
        let registries = files::some_paths(&self.home.join("registry/cache"));
        let found: Vec<PathBuf> =
            registries.map(|registry| registry.join(&name)).filter(|path| path.is_file()).collect();
        let is_pinned = |path: &&PathBuf| {
            Sha256::of_file(path)
                .is_ok_and(|digest| package.archives.iter().any(|pinned| pinned.sha256 == digest))
        };
        found.iter().find(is_pinned).or(found.first()).cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::package::{Archive, Member, archive};

    const NAME: &str = "karat-test-crate";

    /// A crate with one file beside its manifest.
    fn crate_file() -> Vec<u8> {
        let mut builder =
            tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let manifest = format!("[package]\nname = \"{NAME}\"\nversion = \"1.2.3\"\nedition = \"2021\"\n");
        for (path, content) in [("Cargo.toml", manifest.as_str()), ("src/lib.rs", ""), ("src/vm.c", "int x;")]
        {
            let mut header = tar::Header::new_gnu();
            header.set_mode(0o644);
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, format!("{NAME}-1.2.3/{path}"), content.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    fn package(archive: &[u8]) -> Package {
        Package {
            registry: Registry::Crates,
            name: NAME.to_owned(),
            version: "1.2.3".to_owned(),
            archives: vec![Archive { sha256: Sha256::of(archive).unwrap(), bytes: archive.len() as u64 }],
            members: vec![Member {
                path: format!("{NAME}-1.2.3/src/vm.c"),
                to: "vm.c".to_owned(),
                bytes: 6,
                sha256: None,
            }],
        }
    }

    /// A registry of that one crate, whose index says `sha256` of it; counts how often the crate was fetched.
    fn registry(archive: Vec<u8>, sha256: Sha256) -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (fetched, own) = (Arc::new(AtomicUsize::new(0)), address.clone());
        let counting = fetched.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let request = lines.next().unwrap().unwrap();
                lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
                let path = request.split(' ').nth(1).unwrap();
                let (status, body) = match path {
                    "/config.json" => ("200 OK", format!("{{\"dl\": \"{own}/files\"}}").into_bytes()),
                    "/ka/ra/karat-test-crate" => {
                        let line = serde_json::json!({
                            "name": NAME, "vers": "1.2.3", "deps": [], "cksum": sha256.to_string(),
                            "features": {}, "yanked": false,
                        });
                        ("200 OK", format!("{line}\n").into_bytes())
                    }
                    "/files/karat-test-crate/1.2.3/download" => {
                        counting.fetch_add(1, Ordering::Relaxed);
                        ("200 OK", archive.clone())
                    }
                    _ => ("404 Not Found", Vec::new()),
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(&[head.into_bytes(), body].concat());
            }
        });
        (address, fetched)
    }

    /// A cargo whose settings name another registry in place of the public one.
    fn cargo(home: &Path, registry: &str) -> Cargo {
        let settings = format!(
            "[source.crates-io]\nreplace-with = \"local\"\n\n[source.local]\nregistry = \"sparse+{registry}/\"\n\n\
             [net]\nretry = 0\n"
        );
        fs::create_dir_all(home).unwrap();
        fs::write(home.join("config.toml"), settings).unwrap();
        let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Cargo { program, home: home.to_owned() }
    }

    fn fetch(cargo: &Cargo, package: &Package) -> Result<PathBuf, PackageError> {
        let project = tempfile::tempdir().unwrap();
        cargo.fetch(package, project.path())
    }

    #[test]
    fn a_crate_is_fetched_and_what_is_wanted_of_it_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let crate_file = crate_file();
        let package = package(&crate_file);
        let (address, fetched) = registry(crate_file.clone(), Sha256::of(&crate_file[..]).unwrap());
        let cargo = cargo(&folder.path().join("home"), &address);
        let path = fetch(&cargo, &package).unwrap();
        assert_eq!(fs::read(&path).unwrap(), crate_file);
        archive::unpack(&package, &path, &folder.path().join("to")).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("to/vm.c")).unwrap(), "int x;");
        // What cargo has is not fetched again.
        assert_eq!(fetch(&cargo, &package).unwrap(), path);
        assert_eq!(fetched.load(Ordering::Relaxed), 1);
        // Another registry's crate of that name and version is not taken for it.
        let other = folder.path().join("home/registry/cache/a-first-registry");
        fs::create_dir_all(&other).unwrap();
        fs::write(other.join(format!("{NAME}-1.2.3.crate")), "another").unwrap();
        assert_eq!(fetch(&cargo, &package).unwrap(), path);
    }

    #[test]
    fn what_keeps_cargo_from_fetching_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let crate_file = crate_file();
        let package = package(&crate_file);
        let (address, _) = registry(crate_file.clone(), Sha256::of(&b"another"[..]).unwrap());
        let error = fetch(&cargo(&folder.path().join("wrong"), &address), &package).unwrap_err();
        assert!(matches!(error, PackageError::WrongDigest { registry: Registry::Crates, .. }), "{error}");
        let missing = Package { name: "karat-other-crate".to_owned(), ..package.clone() };
        let error = fetch(&cargo(&folder.path().join("missing"), &address), &missing).unwrap_err();
        assert!(matches!(error, PackageError::Refused { tool: "cargo", .. }), "{error}");
        let error = fetch(&cargo(&folder.path().join("nobody"), "http://127.0.0.1:9"), &package).unwrap_err();
        assert!(matches!(error, PackageError::Unreachable { tool: "cargo", .. }), "{error}");
    }
}
