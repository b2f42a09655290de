//! Says which commit is built, and lets the model's engine find the function of [`karat::model`] that clears its
//! caches; see `src/model/engine/clearing.rs`.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A library that is opened looks for a name in the program first, if the program shows it.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo:rustc-link-arg-bins=-Wl,--export-dynamic-symbol=ggml_backend_buffer_clear");
    }
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let version = commit().map_or_else(|| version.clone(), |commit| format!("{version} ({commit})"));
    println!("cargo:rustc-env=KARAT_VERSION={version}");
}

/// The commit that is built, shortened, and whether files differ from it: what `KARAT_COMMIT` says, where a package is
/// made; else git's word for it. Nothing without git, and in incremental builds, which would begin anew at every
/// commit.
fn commit() -> Option<String> {
    println!("cargo:rerun-if-env-changed=KARAT_COMMIT");
    println!("cargo:rerun-if-env-changed=CARGO_INCREMENTAL");
    if let Ok(commit) = env::var("KARAT_COMMIT") {
        return Some(commit.chars().filter(char::is_ascii_hexdigit).take(12).collect::<String>())
            .filter(|commit| !commit.is_empty());
    }
    if env::var("CARGO_INCREMENTAL").is_ok_and(|value| value == "1") {
        return None;
    }
    // A package that lies within another repository has another root.
    let root = git(&["rev-parse", "--show-toplevel"])?;
    if std::fs::canonicalize(root).ok()? != std::fs::canonicalize(env::var_os("CARGO_MANIFEST_DIR")?).ok()? {
        return None;
    }
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    println!("cargo:rerun-if-changed={log}");
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let is_changed =
        git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|text| !text.is_empty());
    Some(if is_changed { format!("{commit}, changed") } else { commit })
}

/// What git says, on one line; nothing where it is not there or fails.
fn git(arguments: &[&str]) -> Option<String> {
    let output =
        Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
