//! Models that are on the machine already: those that Karat installed, and those that Ollama, LM Studio and Hugging
//! Face's tools keep, which are only read.
//!
//! | source | where | called |
//! | --- | --- | --- |
//! | Karat | its cache | `smollm2-135m` |
//! | Ollama | `OLLAMA_MODELS`, `~/.ollama/models`, and where its service keeps them | `ollama:NAME:TAG` |
//! | LM Studio | `~/.lmstudio/models`, `~/.cache/lm-studio/models` | `lmstudio:PUBLISHER/NAME/FILE` |
//! | Hugging Face | `HF_HUB_CACHE`, `HF_HOME`, `~/.cache/huggingface/hub` | `hf:OWNER/NAME/FILE` |

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use etcetera::home_dir;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::gguf::split_files;
use super::install::{NamedModel, What, named_models};
use crate::files;
use crate::package::PartState;
use crate::shown::shown;

/// The most files and folders of one source that are looked at.
const MOST_ENTRIES: usize = 20_000;

/// How many levels of folders below a source's are looked at.
const MOST_LEVELS: usize = 8;

/// The most bytes of a manifest of Ollama's. They have some hundreds.
const MOST_MANIFEST: u64 = 1 << 20;

/// Who keeps a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelSource {
    /// Karat.
    Karat,
    /// Ollama.
    Ollama,
    /// LM Studio.
    LmStudio,
    /// Hugging Face's tools.
    HuggingFace,
}

impl ModelSource {
    /// Its name, for people.
    pub fn describe(self) -> &'static str {
        match self {
            ModelSource::Karat => "Karat",
            ModelSource::Ollama => "Ollama",
            ModelSource::LmStudio => "LM Studio",
            ModelSource::HuggingFace => "Hugging Face",
        }
    }
}

/// A model on this machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Who keeps it.
    pub source: ModelSource,
    /// The name by which it can be used.
    pub name: String,
    /// Its file; if it is split, the first one.
    pub path: PathBuf,
    /// The bytes of all its files.
    pub bytes: u64,
}

/// Where models are looked for.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Karat's cache directory.
    pub cache: PathBuf,
    /// Folders with Ollama's manifests and blobs.
    pub ollama: Vec<PathBuf>,
    /// LM Studio's folders.
    pub lm_studio: Vec<PathBuf>,
    /// Hugging Face's cache.
    pub hugging_face: Vec<PathBuf>,
}

/// Why a name stands for no model.
#[derive(Debug, Error)]
pub enum FindError {
    /// There is no model of that name.
    #[error(
        "there is no model `{}`{}; `karat models list` shows those on this machine, and any GGUF file can be named by its \
         path", shown(name), similar_text(similar.as_deref())
    )]
    NoSuchModel {
        /// The name.
        name: String,
        /// A name that is almost the same.
        similar: Option<String>,
    },
}

fn similar_text(similar: Option<&str>) -> String {
    similar.map_or_else(String::new, |similar| format!(" (is it `{}`?)", shown(similar)))
}

/// What a name refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Model {
    /// A model that Karat installs.
    Named(&'static NamedModel),
    /// A file.
    File(PathBuf),
}

impl Places {
    /// The places that the environment names. `variable` looks up variables, as [`std::env::var_os`] does.
    pub fn of(cache: &Path, variable: &dyn Fn(&str) -> Option<OsString>) -> Places {
        let path = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = path("HOME").or_else(|| home_dir().ok());
        let in_home = |rest: &str| home.as_ref().map(|home| home.join(rest));
        let user_cache = path("XDG_CACHE_HOME").or_else(|| in_home(".cache"));
        // If the user names a folder, it is that one; otherwise there are two, since it often runs as a service.
        let ollama = match path("OLLAMA_MODELS") {
            Some(path) => vec![path],
            None => in_home(".ollama/models")
                .into_iter()
                .chain([PathBuf::from("/usr/share/ollama/.ollama/models")])
                .collect(),
        };
        let lm_studio = in_home(".lmstudio/models")
            .into_iter()
            .chain(user_cache.as_ref().map(|cache| cache.join("lm-studio/models")));
        let hugging_face = path("HF_HUB_CACHE")
            .or_else(|| path("HUGGINGFACE_HUB_CACHE"))
            .or_else(|| path("HF_HOME").map(|home| home.join("hub")))
            .or_else(|| user_cache.map(|cache| cache.join("huggingface/hub")));
        Places {
            cache: cache.to_owned(),
            ollama,
            lm_studio: lm_studio.collect(),
            hugging_face: hugging_face.into_iter().collect(),
        }
    }

    /// The models that are there, by source and name. What can not be read is left out.
    pub fn models(&self) -> Vec<Found> {
        let mut found = Vec::new();
        for model in named_models() {
            let what = What::Model(model);
            if let (Ok(PartState::Ready), Ok(path)) = (what.quick_state(&self.cache), what.path(&self.cache))
            {
                found.extend(Found::new(ModelSource::Karat, model.name.clone(), path));
            }
        }
        self.ollama.iter().for_each(|folder| found.extend(ollama(folder)));
        for (source, prefix, folders) in [
            (ModelSource::LmStudio, "lmstudio:", &self.lm_studio),
            (ModelSource::HuggingFace, "hf:", &self.hugging_face),
        ] {
            for folder in folders {
                for path in gguf_files(folder) {
                    let Some(name) = path.strip_prefix(folder).ok().and_then(|rest| name_of(source, rest))
                    else {
                        continue;
                    };
                    found.extend(Found::new(source, format!("{prefix}{name}"), path));
                }
            }
        }
        found.sort();
        // Of several revisions of a file, one keeps the name.
        found.dedup_by(|a, b| (a.source, &a.name) == (b.source, &b.name));
        found
    }

    /// What a name refers to: a model that Karat installs, one that is listed, or a file.
    ///
    /// # Errors
    ///
    /// [`FindError::NoSuchModel`].
    pub fn resolve(&self, name: &str) -> Result<Model, FindError> {
        if let Some(model) = named_models().iter().find(|model| model.name == name) {
            return Ok(Model::Named(model));
        }
        let path = Path::new(name);
        let is_listed_elsewhere =
            ["ollama:", "lmstudio:", "hf:"].iter().any(|prefix| name.starts_with(prefix));
        if !is_listed_elsewhere && (path.exists() || name.ends_with(".gguf") || name.contains(['/', '\\'])) {
            return Ok(Model::File(path.to_owned()));
        }
        let found = self.models();
        // Ollama's own rule for names without a tag.
        let latest = format!("{name}:latest");
        if let Some(found) = found.iter().find(|found| found.name == name || found.name == latest) {
            return Ok(Model::File(found.path.clone()));
        }
        let names =
            found.iter().map(|found| &found.name).chain(named_models().iter().map(|model| &model.name));
        let similar = names
            .map(|known| (strsim::jaro_winkler(known, name), known))
            .filter(|(similarity, _)| *similarity > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, known)| known.clone());
        Err(FindError::NoSuchModel { name: name.to_owned(), similar })
    }
}

impl Found {
    /// A model, if its file is there.
    fn new(source: ModelSource, name: String, path: PathBuf) -> Option<Found> {
        let files = split_files(&path).unwrap_or_else(|| vec![path.clone()]);
        let length =
            |path: &PathBuf| fs::metadata(path).ok().filter(|metadata| metadata.is_file()).map(|it| it.len());
        let bytes = files.iter().filter_map(length).fold(0, u64::saturating_add);
        length(&path)?;
        Some(Found { source, name, path, bytes })
    }
}

/// What a file is called, from its path in the folder of the source.
fn name_of(source: ModelSource, path: &Path) -> Option<String> {
    let parts: Vec<&str> = path.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
    match (source, parts.as_slice()) {
        // models--OWNER--NAME/snapshots/REVISION/…
        (ModelSource::HuggingFace, [repository, "snapshots", _, rest @ ..]) if !rest.is_empty() => {
            let repository = repository.strip_prefix("models--")?.replace("--", "/");
            Some(format!("{repository}/{}", rest.join("/")))
        }
        (ModelSource::HuggingFace, _) => None,
        (_, parts) => Some(parts.join("/")),
    }
}

/// The GGUF files below a folder that a model can be loaded from: of split ones the first, and none of those that only
/// accompany others.
fn gguf_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut left = MOST_ENTRIES;
    walk(folder, MOST_LEVELS, &mut left, &mut |path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_first = split_files(path).is_none_or(|parts| parts.first().is_some_and(|first| first == path));
        if name.ends_with(".gguf") && !name.starts_with("mmproj") && is_first {
            files.push(path.to_owned());
        }
    });
    files
}

/// Visits the files below a folder. Links to folders are not followed; links to files count as files.
fn walk(folder: &Path, levels: usize, left: &mut usize, visit: &mut dyn FnMut(&Path)) {
    let mut paths: Vec<PathBuf> = files::some_paths(folder).take(*left).collect();
    paths.sort();
    for path in paths {
        if *left == 0 {
            return;
        }
        *left -= 1;
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() && levels > 0 => walk(&path, levels - 1, left, visit),
            Ok(metadata) if !metadata.is_dir() => visit(&path),
            _ => {}
        }
    }
}

/// Ollama's models: a manifest in `manifests/HOST/NAMESPACE/NAME/TAG` names the blob.
fn ollama(folder: &Path) -> Vec<Found> {
    #[derive(Deserialize)]
    struct Manifest {
        layers: Vec<Layer>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Layer {
        media_type: String,
        digest: String,
    }
    /// The layer that has the weights.
    const MODEL: &str = "application/vnd.ollama.image.model";
    let manifests = folder.join("manifests");
    let mut found = BTreeMap::new();
    let mut left = MOST_ENTRIES;
    walk(&manifests, MOST_LEVELS, &mut left, &mut |path| {
        let read = || {
            let rest = path.strip_prefix(&manifests).ok()?;
            let parts: Vec<&str> = rest.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
            let [_, namespace, name, tag] = parts.as_slice() else { return None };
            let bytes = files::read_found(path, MOST_MANIFEST).ok()?;
            let manifest: Manifest = serde_json::from_slice(&bytes).ok()?;
            let layer = manifest.layers.iter().find(|layer| layer.media_type == MODEL)?;
            let digest = layer.digest.strip_prefix("sha256:")?;
            // No manifest may name a place elsewhere.
            if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            let blob = folder.join("blobs").join(format!("sha256-{digest}"));
            let name = match *namespace {
                "library" => format!("ollama:{name}:{tag}"),
                namespace => format!("ollama:{namespace}/{name}:{tag}"),
            };
            Found::new(ModelSource::Ollama, name, blob)
        };
        if let Some(model) = read() {
            found.entry(model.name.clone()).or_insert(model);
        }
    });
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Machine {
        home: tempfile::TempDir,
    }

    impl Machine {
        fn new() -> Machine {
            Machine { home: tempfile::tempdir().unwrap() }
        }

        fn write(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
            let path = self.home.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
            path
        }

        fn places(&self, variables: &[(&str, &str)]) -> Places {
            let home = self.home.path();
            let mut places = Places::of(&home.join("karat"), &|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                let relative = found.map(|(_, value)| home.join(value).into_os_string());
                relative.or_else(|| (name == "HOME").then(|| home.as_os_str().to_owned()))
            });
            // Models on this machine must not affect the test.
            places.ollama.retain(|path| path.starts_with(home));
            places
        }

        fn names(&self, variables: &[(&str, &str)]) -> Vec<String> {
            self.places(variables).models().into_iter().map(|found| found.name).collect()
        }

        fn manifest(&self, path: &str, digest: &str) {
            let layers = [
                json!({"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:00", "size": 1}),
                json!({"mediaType": "application/vnd.ollama.image.model", "digest": digest, "size": 4}),
            ];
            self.write(
                &format!("{path}/manifests/host/library/tiny/latest"),
                json!({"layers": layers}).to_string(),
            );
        }
    }

    #[test]
    fn models_of_other_programs_are_found() {
        let machine = Machine::new();
        let digest = "ab".repeat(32);
        machine.manifest(".ollama/models", &format!("sha256:{digest}"));
        machine.write(&format!(".ollama/models/blobs/sha256-{digest}"), "GGUF");
        machine.write(".ollama/models/manifests/host/someone/gone/8b", json!({"layers": [
            {"mediaType": "application/vnd.ollama.image.model", "digest": format!("sha256:{}", "cd".repeat(32))}
        ]}).to_string());
        machine.write(".lmstudio/models/p/r/m-Q4.gguf", "GGUF");
        machine.write(".lmstudio/models/p/r/mmproj-m.gguf", "GGUF");
        machine.write(".lmstudio/models/p/r/README.md", "");
        machine.write(".cache/lm-studio/models/q/s/n.gguf", "GGUF");
        for number in 1..=2 {
            machine.write(&format!(".lmstudio/models/p/big/b-0000{number}-of-00002.gguf"), "GGUF..");
        }
        let blob = machine.write(".cache/huggingface/hub/models--o--n/blobs/123", "GGUF");
        let snapshot = machine.write(".cache/huggingface/hub/models--o--n/snapshots/rev/sub/x", "");
        std::os::unix::fs::symlink(blob, snapshot.with_file_name("h.gguf")).unwrap();
        assert_eq!(
            machine.names(&[]),
            [
                "ollama:tiny:latest",
                "lmstudio:p/big/b-00001-of-00002.gguf",
                "lmstudio:p/r/m-Q4.gguf",
                "lmstudio:q/s/n.gguf",
                "hf:o/n/sub/h.gguf",
            ]
        );
        let places = machine.places(&[]);
        let big = places.models().into_iter().find(|found| found.name.contains("big")).unwrap();
        assert_eq!(big.bytes, 12);
        for name in ["ollama:tiny", "ollama:tiny:latest"] {
            let Ok(Model::File(path)) = places.resolve(name) else { panic!("{name}") };
            assert!(path.ends_with(format!("blobs/sha256-{digest}")), "{path:?}");
        }
        assert!(
            matches!(places.resolve("smollm2-135m"), Ok(Model::Named(model)) if model.name == "smollm2-135m")
        );
        assert_eq!(places.resolve("some/m.gguf").unwrap(), Model::File("some/m.gguf".into()));
        let error = places.resolve("ollama:tinny").unwrap_err().to_string();
        assert!(error.contains("there is no model `ollama:tinny` (is it `ollama:tiny:latest`?)"), "{error}");
        let error = places.resolve("gpt").unwrap_err().to_string();
        assert!(error.contains("there is no model `gpt`;"), "{error}");
    }

    #[test]
    fn the_environment_says_where_they_are() {
        let machine = Machine::new();
        let digest = "ef".repeat(32);
        machine.manifest("elsewhere", &format!("sha256:{digest}"));
        machine.write(&format!("elsewhere/blobs/sha256-{digest}"), "GGUF");
        for hub in ["a", "b/hub", "c/huggingface/hub"] {
            machine.write(&format!("{hub}/models--o--{}/snapshots/r/m.gguf", &hub[..1]), "GGUF");
        }
        let (ollama, a, b, c) = (
            ("OLLAMA_MODELS", "elsewhere"),
            ("HF_HUB_CACHE", "a"),
            ("HF_HOME", "b"),
            ("XDG_CACHE_HOME", "c"),
        );
        assert_eq!(machine.names(&[]), [""; 0]);
        assert_eq!(machine.names(&[ollama, c, b, a]), ["ollama:tiny:latest", "hf:o/a/m.gguf"]);
        assert_eq!(machine.names(&[c, b]), ["hf:o/b/m.gguf"]);
        assert_eq!(machine.names(&[c]), ["hf:o/c/m.gguf"]);
    }

    #[test]
    fn what_is_strange_is_left_out() {
        let machine = Machine::new();
        for digest in
            ["sha256:../../../etc/passwd", "sha256:", "md5:00", &format!("sha256:{}", "/".repeat(64))]
        {
            machine.manifest(".ollama/models", digest);
            assert_eq!(machine.names(&[]), [""; 0], "{digest}");
        }
        machine.write(".ollama/models/manifests/host/library/tiny/latest", "{");
        let levels = "d/".repeat(MOST_LEVELS + 2);
        machine.write(&format!(".lmstudio/models/{levels}m.gguf"), "GGUF");
        std::os::unix::fs::symlink("..", machine.home.path().join(".lmstudio/models/loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", machine.home.path().join(".lmstudio/models/m.gguf")).unwrap();
        assert_eq!(machine.names(&[]), [""; 0]);
    }
}
