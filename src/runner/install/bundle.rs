//! Guests that come with Karat, so that nothing has to be fetched or built where it is installed.
//!
//! A bundle is the folder `guests` in [`share`](crate::share), with a folder for each runner: the components,
//! compressed, and a list with the digest of what they were built from and their own. It is taken only for the same
//! inputs, and only what is as it was written.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tracing::{debug, warn};

use super::likeness::Likeness;
use super::{InstallError, InstallStep, Installer, file_error};
use crate::files;
use crate::runner::manifest::BuildStep;
use crate::share;
use crate::shown::shown;

/// The list of a runner's bundled guests, in its folder.
const LIST: &str = "bundle.json";
/// Most bytes of a list.
const LONGEST_LIST: u64 = 1 << 20;
/// Most bytes of a guest, as it is stored and as it is.
const LARGEST_GUEST: u64 = 256 << 20;
/// How hard to compress. Twice as hard makes it a tenth smaller, and takes five times as long.
const COMPRESSION: i32 = 12;

/// What is said of a runner's bundled guests.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BundleList {
    /// The digest of all inputs that they were built from.
    inputs: String,
    /// blake3 of each component, by the guest's name.
    guests: BTreeMap<String, String>,
}

impl Installer {
    /// The component of a guest as it came with Karat, if it did.
    pub(super) fn bundled(&self, guest: &str) -> Option<Vec<u8>> {
        let folders = share::folders().into_iter().map(|folder| folder.join("guests"));
        folders.into_iter().find_map(|folder| match self.read_bundled(&folder, guest) {
            Ok(Some(component)) => {
                debug!(guest, folder = %shown(folder.display()), "guest that came with karat");
                Some(component)
            }
            Ok(None) => None,
            Err(error) => {
                warn!(guest, %error, "a guest that came with karat can not be used, and is built instead");
                None
            }
        })
    }

    /// The component of a guest in a folder of bundles; none if there is none for these inputs.
    fn read_bundled(&self, folder: &Path, guest: &str) -> Result<Option<Vec<u8>>, InstallError> {
        let folder = folder.join(self.sources.name);
        let list = folder.join(LIST);
        if !list.exists() {
            return Ok(None);
        }
        let content = files::read_found(&list, LONGEST_LIST).map_err(file_error("can not read", &list))?;
        let unlike = |path: &Path, message: String| InstallError::Bundle { path: path.to_owned(), message };
        let BundleList { inputs, guests } =
            serde_json::from_slice(&content).map_err(|error| unlike(&list, error.to_string()))?;
        if inputs != self.inputs {
            debug!(inputs = %shown(&inputs), wanted = self.inputs, "bundled guests of another version");
            return Ok(None);
        }
        let Some(digest) = guests.get(guest) else { return Ok(None) };
        let path = folder.join(stored_name(guest));
        let stored = files::read_found(&path, LARGEST_GUEST).map_err(file_error("can not read", &path))?;
        let mut component = Vec::new();
        zstd::Decoder::with_buffer(stored.as_slice())
            .and_then(|decoder| decoder.take(LARGEST_GUEST).read_to_end(&mut component))
            .map_err(file_error("can not unpack", &path))?;
        if blake3::hash(&component).to_hex().as_str() != digest {
            return Err(unlike(&path, "it is not as it was written".to_owned()));
        }
        Ok(Some(component))
    }

    /// The components that are built on the user's machine, by their guests' names: from the cache or built, never from
    /// a bundle.
    fn built(
        &self,
        progress: &mut dyn FnMut(InstallStep),
    ) -> Result<BTreeMap<String, Vec<u8>>, InstallError> {
        fs::create_dir_all(&self.directory).map_err(file_error("can not make", &self.directory))?;
        let _lock = self.package(crate::package::lock(&self.directory, || progress(InstallStep::Waiting)))?;
        let mut components = BTreeMap::new();
        for plan in &self.manifest.guests {
            if let BuildStep::Componentize { world, module } = &plan.step {
                let component = self.componentized(&plan.name, world, module, progress)?;
                components.insert(plan.name.clone(), component);
            }
        }
        Ok(components)
    }

    /// Writes the guests that are built on the user's machine into a folder of bundles. Tells their folder.
    ///
    /// # Errors
    ///
    /// As [`Installer::ensure`], and when the bundle can not be written.
    pub fn write_bundle(
        &self,
        folder: &Path,
        progress: &mut dyn FnMut(InstallStep),
    ) -> Result<PathBuf, InstallError> {
        let folder = folder.join(self.sources.name);
        fs::create_dir_all(&folder).map_err(file_error("can not make", &folder))?;
        let mut guests = BTreeMap::new();
        for (guest, component) in self.built(progress)? {
            let path = folder.join(stored_name(&guest));
            let stored = zstd::encode_all(component.as_slice(), COMPRESSION)
                .map_err(file_error("can not compress", &path))?;
            self.package(crate::package::write_whole(&path, &stored))?;
            guests.insert(guest, blake3::hash(&component).to_hex().to_string());
        }
        let list = BundleList { inputs: self.inputs.clone(), guests };
        let json = serde_json::to_vec_pretty(&list).expect("a list is plain data");
        self.package(crate::package::write_whole(&folder.join(LIST), &json))?;
        Ok(folder)
    }

    /// Compares the guests in a folder of bundles with those that are built here.
    ///
    /// # Errors
    ///
    /// As [`Installer::ensure`]; a guest that is not in the bundle, or is not the same program.
    pub fn compare_bundle(
        &self,
        folder: &Path,
        progress: &mut dyn FnMut(InstallStep),
    ) -> Result<Vec<(String, Likeness)>, InstallError> {
        let mut found = Vec::new();
        for (guest, built) in self.built(progress)? {
            let path = folder.join(self.sources.name);
            let other = |message: String| InstallError::Bundle { path: path.clone(), message };
            let bundled = self
                .read_bundled(folder, &guest)?
                .ok_or_else(|| other(format!("there is no guest {guest} for the inputs {}", self.inputs)))?;
            let likeness = Likeness::of(&bundled, &built).map_err(|message| {
                other(format!("the guest {guest} is another than the one built here: {message}"))
            })?;
            found.push((guest, likeness));
        }
        Ok(found)
    }
}

fn stored_name(guest: &str) -> String {
    format!("{guest}.wasm.zst")
}
