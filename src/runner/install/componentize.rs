//! The step `componentize`: a component by componentize-py, in a virtual environment.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use super::{InstallError, InstallStep, Installer, file_error};
use crate::child;
use crate::package::python::{self, Requirement, what_it_said};
use crate::package::{Package, PackageError, Sha256, TEMPORARY, write_whole};

impl Installer {
    /// The component of a guest: from the cache, where its digest is beside it, or built.
    pub(super) fn componentized(
        &self,
        guest: &str,
        world: &str,
        module: &str,
        progress: &mut dyn FnMut(InstallStep),
    ) -> Result<Vec<u8>, InstallError> {
        let path = self.component_path(guest);
        let digest_path = path.with_extension("wasm.blake3");
        if let (Ok(bytes), Ok(digest)) = (fs::read(&path), fs::read_to_string(&digest_path))
            && blake3::hash(&bytes).to_hex().as_str() == digest
        {
            return Ok(bytes);
        }
        let python = self.environment(progress)?;
        progress(InstallStep::Build);
        let work = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempdir_in(&self.directory)
            .map_err(file_error("can not make a directory in", &self.directory))?;
        for (name, content) in self.sources.each_file() {
            let target = work.path().join(name);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(file_error("can not make", parent))?;
            }
            fs::write(&target, content).map_err(file_error("can not write", &target))?;
        }
        let output = child::command(&python)
            .current_dir(work.path())
            .args(["build.py", "--wit-path", "world.wit", "--world", world])
            .args(["componentize", "--python-path", "guest", module])
            .args(["--output", "component.wasm"])
            .env_remove("RUST_BACKTRACE")
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME")
            .stdin(Stdio::null())
            .output()
            .map_err(file_error("can not run", &python))?;
        let built = work.path().join("component.wasm");
        let bytes = match fs::read(&built) {
            Ok(bytes) if output.status.success() => bytes,
            _ => return Err(InstallError::Build { said: what_it_said(&output) }),
        };
        self.package(write_whole(&path, &bytes))?;
        self.package(write_whole(&digest_path, blake3::hash(&bytes).to_hex().as_bytes()))?;
        Ok(bytes)
    }

    /// The name of the virtual environment, after what is installed in it. None if there is none.
    pub(in crate::runner) fn environment_name(&self) -> Option<String> {
        let packages = self.manifest.environment();
        let names: String =
            packages.map(|package| format!("-{}-{}", package.name, package.version)).collect();
        (!names.is_empty()).then(|| format!("venv{names}"))
    }

    /// The Python of a virtual environment that has the packages.
    fn environment(&self, progress: &mut dyn FnMut(InstallStep)) -> Result<PathBuf, InstallError> {
        let name = self.environment_name().unwrap_or_else(|| "venv".to_owned());
        let directory = self.directory.join(name);
        let python = python::within(&directory);
        let complete = directory.join("karat-complete");
        if complete.exists() && python::runs(&python.display().to_string()) {
            return Ok(python);
        }
        progress(InstallStep::Environment);
        if directory.exists() {
            fs::remove_dir_all(&directory).map_err(file_error("can not remove", &directory))?;
        }
        let mut install = || -> Result<PathBuf, PackageError> {
            let python = python::environment(&python::base()?, &directory)?;
            progress(InstallStep::Fetch);
            for Package { name, version, archives, .. } in self.manifest.environment() {
                let sha256: Vec<Sha256> = archives.iter().map(|archive| archive.sha256).collect();
                python::install(&python, Requirement { name, version, sha256: &sha256 }, &directory)?;
            }
            write_whole(&complete, b"")?;
            Ok(python)
        };
        self.package(install())
    }
}
