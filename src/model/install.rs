//! Installing the engine and the models that have a name, by their pins, into the cache.
//!
//! ```text
//! engine/llama.cpp-0.5.0-<pins>/   one folder with all libraries; the parts for GPUs are added to it when asked for
//! models/<name>/                   the file, and its licence
//! models/digests/                  digests of files that were computed; see [`Digests`](super::gguf::Digests)
//! ```

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;
use thiserror::Error;

use super::device::CpuCode;
use super::gguf::{Digests, Gguf, q8_0_of_q4_1};
use crate::package::{FetchStep, Folder, KeptPart, PackageError, Part, PartState, Sha256};
use crate::shown::shown;

/// The model that is used where none is named.
pub const DEFAULT_MODEL: &str = "smollm2-135m";

/// A part of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnginePart {
    /// The part that is always needed; it computes on the CPU.
    Base,
    /// For GPUs with a driver for Vulkan.
    Vulkan,
    /// For NVIDIA's GPUs.
    Cuda,
}

impl EnginePart {
    /// All of them.
    pub const ALL: [EnginePart; 3] = [EnginePart::Base, EnginePart::Vulkan, EnginePart::Cuda];

    /// The files that belong to it, with their digests.
    pub fn part(self) -> &'static Part {
        match self {
            EnginePart::Base => &ENGINE.base,
            EnginePart::Vulkan => &ENGINE.vulkan,
            EnginePart::Cuda => &ENGINE.cuda,
        }
    }

    /// Its description, for people.
    pub fn describe(self) -> &'static str {
        match self {
            EnginePart::Base => "the engine of the built-in model",
            EnginePart::Vulkan => "the engine's part for Vulkan",
            EnginePart::Cuda => "the engine's part for CUDA",
        }
    }
}

/// A model that Karat can install.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedModel {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub description: String,
    /// Its licence, as SPDX writes it.
    pub licence: String,
    /// The name of its file.
    pub file: String,
    /// What is fetched.
    pub part: Part,
}

impl NamedModel {
    /// The digest that its file has by its pins.
    pub fn sha256(&self) -> Option<Sha256> {
        let made = self.part.made.iter().find(|made| made.to == self.file).map(|made| made.sha256);
        let mut members = self.part.packages.iter().flat_map(|package| &package.members);
        let fetched = members.find(|member| member.to == self.file).and_then(|member| member.sha256);
        made.or(fetched)
    }
}

/// What can be installed.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A part of the engine. All parts need [`EnginePart::Base`].
    Engine(EnginePart),
    /// A model.
    Model(&'static NamedModel),
}

impl What {
    /// Its description, for people.
    pub fn describe(self) -> String {
        match self {
            What::Engine(part) => part.describe().to_owned(),
            What::Model(model) => format!("the model {}", model.name),
        }
    }

    /// Its pins.
    pub fn part(self) -> &'static Part {
        match self {
            What::Engine(part) => part.part(),
            What::Model(model) => &model.part,
        }
    }

    /// Where it is in a cache directory.
    ///
    /// # Errors
    ///
    /// For a relative `cache` where there is no current directory.
    pub fn folder(self, cache: &Path) -> Result<Folder, PackageError> {
        match self {
            What::Engine(_) => {
                let name = format!("llama.cpp-{}-{}", ENGINE.version, ENGINE.base.inputs());
                Folder::new(&cache.join(ENGINE_FOLDER).join(name))
            }
            What::Model(model) => Folder::new(&cache.join(MODELS_FOLDER).join(&model.name)),
        }
    }

    /// Its state in a cache directory; all its files are read, to check their digests.
    ///
    /// # Errors
    ///
    /// As [`folder`](Self::folder).
    pub fn state(self, cache: &Path) -> Result<PartState, PackageError> {
        Ok(self.folder(cache)?.state(self.part()))
    }

    /// As [`state`](Self::state), by lengths only.
    ///
    /// # Errors
    ///
    /// As [`folder`](Self::folder).
    pub fn quick_state(self, cache: &Path) -> Result<PartState, PackageError> {
        Ok(self.folder(cache)?.quick_state(self.part()))
    }

    /// Like [`state`](Self::state), but fast enough for each time that it is used: a model's digest is not computed
    /// again while its file looks the same, and only the lengths of large libraries are checked.
    ///
    /// # Errors
    ///
    /// As [`folder`](Self::folder).
    pub fn state_for_use(self, cache: &Path, digests: &Digests) -> Result<PartState, PackageError> {
        match self {
            What::Engine(EnginePart::Base) => self.state(cache),
            What::Engine(_) => self.quick_state(cache),
            What::Model(model) => {
                let state = self.quick_state(cache)?;
                let file = self.path(cache)?;
                let Some(pinned) = model.sha256().filter(|_| state == PartState::Ready) else {
                    return Ok(state);
                };
                let found = Gguf::open(&file).and_then(|gguf| digests.of(&gguf, &mut |_| ()));
                Ok(match found {
                    Ok(found) if found == pinned => PartState::Ready,
                    Ok(_) => PartState::Damaged(format!("{} is not as it was written", file.display())),
                    Err(error) => PartState::Damaged(error.to_string()),
                })
            }
        }
    }

    /// Where it is when it is installed: the engine's folder, or the model's file.
    ///
    /// # Errors
    ///
    /// As [`folder`](Self::folder).
    pub fn path(self, cache: &Path) -> Result<PathBuf, PackageError> {
        let folder = self.folder(cache)?;
        Ok(match self {
            What::Engine(_) => folder.path().to_owned(),
            What::Model(model) => folder.path().join(&model.file),
        })
    }
}

/// Why something can not be installed.
#[derive(Debug, Error)]
pub enum ModelInstallError {
    /// The engine does not exist for this machine.
    #[error(
        "the built-in model runs on Linux on x86-64 processors with AVX2 and FMA, and this machine {0}; a server that \
         runs elsewhere can be named instead, as `--model NAME@ADDRESS`"
    )]
    Machine(String),
    /// There is no such model.
    #[error("there is no model `{}` to install; these are: {known}", shown(name))]
    NoSuchModel {
        /// What was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// A package can not be fetched.
    #[error("can not install {what}")]
    Package {
        /// The part of the engine, or the model.
        what: String,
        /// Why not.
        source: PackageError,
    },
}

const ENGINE_FOLDER: &str = "engine";
const MODELS_FOLDER: &str = "models";

/// `engine.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnginePins {
    version: String,
    base: Part,
    vulkan: Part,
    cuda: Part,
}

/// `models.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelPins {
    model: Vec<NamedModel>,
}

static ENGINE: LazyLock<EnginePins> =
    LazyLock::new(|| toml::from_str(include_str!("engine.toml")).expect("a test reads engine.toml"));

static MODELS: LazyLock<ModelPins> =
    LazyLock::new(|| toml::from_str(include_str!("models.toml")).expect("a test reads models.toml"));

/// The version of the engine that Karat is made for.
pub fn engine_version() -> &'static str {
    &ENGINE.version
}

/// The models that Karat can install.
pub fn named_models() -> &'static [NamedModel] {
    &MODELS.model
}

/// The model of that name.
///
/// # Errors
///
/// [`ModelInstallError::NoSuchModel`].
pub fn named_model(name: &str) -> Result<&'static NamedModel, ModelInstallError> {
    MODELS.model.iter().find(|model| model.name == name).ok_or_else(|| ModelInstallError::NoSuchModel {
        name: name.to_owned(),
        known: MODELS.model.iter().map(|model| model.name.as_str()).collect::<Vec<_>>().join(", "),
    })
}

/// Installs a part or model unless it is there as it was written, and returns where it is: the engine's folder, or the
/// model's file. A damaged one is fetched again. `progress` hears of each step.
///
/// # Errors
///
/// See [`ModelInstallError`].
pub fn ensure(
    cache: &Path,
    what: What,
    progress: &mut dyn FnMut(FetchStep),
) -> Result<PathBuf, ModelInstallError> {
    if let (What::Engine(_), Some(why_not)) = (what, unsuitable_machine()) {
        return Err(ModelInstallError::Machine(why_not));
    }
    let mut install = || {
        let folder = what.folder(cache)?;
        let make = |from: &Path, to: &Path| q8_0_of_q4_1(from, to).map_err(|error| error.to_string());
        folder.ensure_with(what.part(), &make, progress)?;
        what.path(cache)
    };
    install().map_err(|source| ModelInstallError::Package { what: what.describe(), source })
}

/// Why the engine can not run on this machine, if that is so.
pub fn unsuitable_machine() -> Option<String> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))) {
        return Some(format!("is {} on {}", std::env::consts::OS, std::env::consts::ARCH));
    }
    CpuCode::Avx2.lacks().map(|feature| format!("has no {feature}"))
}

/// Something that was installed, by this version or another.
#[derive(Clone, Debug)]
pub struct InstalledFiles {
    /// The engine's or the model's name, and the part.
    pub name: String,
    /// Whether it belongs to the engine.
    pub is_engine: bool,
    /// Whether this version would install the same.
    pub in_use: bool,
    /// The folder that it is in.
    pub folder: Folder,
    /// Its files.
    pub kept: KeptPart,
}

/// All engines and models in a cache directory.
///
/// # Errors
///
/// When a folder can not be read.
pub fn installed(cache: &Path) -> std::io::Result<Vec<InstalledFiles>> {
    let mut installed = Vec::new();
    let current: Vec<(PathBuf, &str, String)> = EnginePart::ALL
        .map(What::Engine)
        .into_iter()
        .chain(named_models().iter().map(What::Model))
        .filter_map(|what| {
            let part = what.part();
            Some((what.folder(cache).ok()?.path().to_owned(), part.name.as_str(), part.inputs()))
        })
        .collect();
    for (kind, is_engine) in [(ENGINE_FOLDER, true), (MODELS_FOLDER, false)] {
        let mut folders: Vec<PathBuf> = crate::files::some_paths(&cache.join(kind)).collect();
        folders.sort();
        for path in folders.into_iter().filter(|path| path.is_dir()) {
            let Ok(folder) = Folder::new(&path) else { continue };
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for kept in folder.kept()? {
                let in_use = current.iter().any(|(current, part, inputs)| {
                    current == folder.path() && *part == kept.part && *inputs == kept.inputs
                });
                let name = match kept.part.as_str() {
                    "" if name == "digests" => "digests of files".to_owned(),
                    "" => format!("{name}, left over"),
                    part if part == name => name.clone(),
                    part => format!("{name}, {part}"),
                };
                installed.push(InstalledFiles { name, is_engine, in_use, folder: folder.clone(), kept });
            }
        }
    }
    Ok(installed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pins_are_whole() {
        let parts: Vec<&Part> = EnginePart::ALL.iter().map(|part| part.part()).collect();
        let parts = parts.into_iter().chain(named_models().iter().map(|model| &model.part));
        for part in parts {
            for package in &part.packages {
                assert_eq!(package.archives.len(), 1, "{}", package.name);
                assert!(package.members.iter().all(|member| member.sha256.is_some()), "{}", package.name);
            }
        }
        let model = named_model(DEFAULT_MODEL).unwrap();
        assert!(model.part.made.iter().any(|made| made.to == model.file));
        assert_eq!(model.sha256(), Some(model.part.made[0].sha256));
        let error = named_model("none\x1b").unwrap_err().to_string();
        assert_eq!(error, "there is no model `none\\u{1b}` to install; these are: smollm2-135m");
        assert_eq!(EnginePart::ALL.map(|part| part.part().name.as_str()), ["base", "vulkan", "cuda"]);
    }
}
