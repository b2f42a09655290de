//! How each of the programs is found and called.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::super::OpenError;
use super::super::key::Key;
use super::process::Invocation;
use crate::complete::model_spec::ServerEngine;

/// Tokens of context that each slot of llama.cpp's server gets: prompt and answer together. `-- -c N` gives all slots
/// together another amount.
const CONTEXT_A_SLOT: u32 = 4096;

/// Options that Karat sets itself, or whose value no record may hold.
const TAKEN: &[(&str, &str)] = &[
    ("--host", "Karat has it listen on this machine alone"),
    ("--port", "Karat takes a port that is free"),
    ("--uds", "Karat takes a port that is free"),
    ("--api-key", "Karat makes a key of its own"),
    ("--api-key-file", "Karat makes a key of its own"),
    ("--admin-api-key", "it would end up in records"),
    ("--hf-token", "it would end up in records; put it into the environment as HF_TOKEN"),
    ("-hft", "it would end up in records; put it into the environment as HF_TOKEN"),
    ("--model", "--model before the -- names the model"),
    ("--model-path", "--model before the -- names the model"),
    ("-m", "--model before the -- names the model"),
    ("--served-model-name", "Karat checks the model by its name"),
    ("--alias", "Karat checks the model by its name"),
    ("-a", "Karat checks the model by its name"),
    ("--api-prefix", "Karat asks below /v1"),
    ("--ssl-keyfile", "on this machine nothing is encrypted"),
    ("--ssl-certfile", "on this machine nothing is encrypted"),
    ("--ssl-key-file", "on this machine nothing is encrypted"),
    ("--ssl-cert-file", "on this machine nothing is encrypted"),
];

impl ServerEngine {
    /// The variable that can name the program.
    pub fn variable(self) -> &'static str {
        match self {
            ServerEngine::Vllm => "KARAT_VLLM",
            ServerEngine::SgLang => "KARAT_SGLANG",
            ServerEngine::LlamaServer => "KARAT_LLAMA_SERVER",
        }
    }

    /// How to get the program.
    fn installation(self) -> &'static str {
        match self {
            ServerEngine::Vllm => "`pip install vllm` does",
            ServerEngine::SgLang => "`pip install \"sglang[all]\"` does",
            ServerEngine::LlamaServer => {
                "it is part of llama.cpp, which publishes it ready to run, and most package managers have it as \
                 `llama.cpp`"
            }
        }
    }
}

/// A program that was found.
#[derive(Debug)]
pub(super) struct Program {
    engine: ServerEngine,
    path: PathBuf,
}

impl Program {
    /// The program that the environment names, or else the one on the path.
    ///
    /// # Errors
    ///
    /// Where there is none.
    pub(super) fn find(
        engine: ServerEngine,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Program, OpenError> {
        let named = environment(engine.variable()).filter(|text| !text.trim().is_empty());
        let named = named.as_deref().map(str::trim);
        let look_for = match (named, engine) {
            (Some(named), _) => vec![named],
            // Older versions have no command of their own.
            (None, ServerEngine::SgLang) => vec![engine.name(), "python3"],
            (None, _) => vec![engine.name()],
        };
        let paths = environment("PATH").unwrap_or_default();
        match look_for.iter().find_map(|name| on_path(name, &paths)) {
            Some(path) => Ok(Program { engine, path }),
            None => Err(OpenError::NoProgram {
                program: look_for[0].to_owned(),
                installation: engine.installation(),
                variable: engine.variable(),
            }),
        }
    }

    /// The error for a program that turns out not to be installed.
    pub(super) fn missing(&self) -> OpenError {
        OpenError::NoProgram {
            program: self.engine.name().to_owned(),
            installation: self.engine.installation(),
            variable: self.engine.variable(),
        }
    }

    /// Whether it is a Python interpreter, of which SGLang is a module.
    pub(super) fn is_python(&self) -> bool {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        self.engine == ServerEngine::SgLang && name.starts_with("python")
    }

    /// The command that writes the program's version.
    pub(super) fn version(&self) -> Invocation {
        let arguments: &[&str] = match self.engine {
            ServerEngine::Vllm | ServerEngine::LlamaServer => &["--version"],
            ServerEngine::SgLang if self.is_python() => {
                &["-c", "from importlib.metadata import version; print(version('sglang'))"]
            }
            ServerEngine::SgLang => &["version"],
        };
        self.invocation(arguments.iter().map(OsString::from), Vec::new())
    }

    /// The command that serves a model on a port of this machine.
    pub(super) fn serve(
        &self,
        model: &str,
        port: u16,
        slots: u16,
        key: &Key,
        arguments: &[String],
    ) -> Invocation {
        let address = ["--host", "127.0.0.1", "--port", &port.to_string()].map(str::to_owned);
        let mut words: Vec<String> = Vec::new();
        let mut variables = Vec::new();
        match self.engine {
            ServerEngine::Vllm => {
                words.extend(["serve".to_owned(), model.to_owned()]);
                words.extend(address);
                variables.push(("VLLM_API_KEY", key.text().to_owned()));
            }
            ServerEngine::SgLang => {
                let start: &[&str] =
                    if self.is_python() { &["-m", "sglang.launch_server"] } else { &["serve"] };
                words.extend(start.iter().copied().chain(["--model-path", model]).map(str::to_owned));
                words.extend(address);
                // It has no variable for that. The key is valid for this run alone.
                words.extend(["--api-key".to_owned(), key.text().to_owned()]);
            }
            ServerEngine::LlamaServer => {
                words.extend(["-m".to_owned(), model.to_owned(), "--alias".to_owned(), alias(model)]);
                words.extend(address);
                // The slots share the context.
                let context = CONTEXT_A_SLOT.saturating_mul(slots.into());
                words.extend(["-np".to_owned(), slots.to_string(), "-c".to_owned(), context.to_string()]);
                variables.push(("LLAMA_API_KEY", key.text().to_owned()));
            }
        }
        words.extend(arguments.iter().cloned());
        self.invocation(words.into_iter().map(OsString::from), variables)
    }

    fn invocation(
        &self,
        arguments: impl Iterator<Item = OsString>,
        variables: Vec<(&'static str, String)>,
    ) -> Invocation {
        let words = [self.path.clone().into_os_string()].into_iter().chain(arguments).collect();
        Invocation { words, variables }
    }
}

/// What the server calls the model.
pub(super) fn served_name(engine: ServerEngine, model: &str) -> String {
    match engine {
        ServerEngine::Vllm | ServerEngine::SgLang => model.to_owned(),
        ServerEngine::LlamaServer => alias(model),
    }
}

/// The file's name. llama.cpp takes commas as separators of several names.
fn alias(file: &str) -> String {
    let name = Path::new(file).file_name().map_or(file.into(), |name| name.to_string_lossy());
    name.replace(',', "_")
}

/// Refuses options that are Karat's to set.
///
/// # Errors
///
/// For the first such option.
pub(super) fn check_arguments(arguments: &[String]) -> Result<(), OpenError> {
    for argument in arguments {
        let option = argument.split('=').next().unwrap_or_default().replace('_', "-");
        if let Some((_, why)) = TAKEN.iter().find(|(taken, _)| *taken == option) {
            return Err(OpenError::ServerOption { option, why });
        }
    }
    Ok(())
}

/// The version in a program's output: the line that names it, or else the last one.
pub(super) fn version_in(lines: &[String]) -> Option<String> {
    let says_so = |line: &&String| line.to_ascii_lowercase().contains("version");
    let line = lines.iter().find(says_so).or(lines.last())?.trim();
    let line: String = line.chars().take(200).collect();
    (!line.is_empty()).then_some(line)
}

/// The program of that name, on the path or where the name itself points to.
fn on_path(name: &str, paths: &str) -> Option<PathBuf> {
    let is_program = |path: &PathBuf| {
        fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
    };
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(is_program);
    }
    env::split_paths(paths).map(|folder| folder.join(name)).find(is_program)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(engine: ServerEngine, program: &str, model: &str) -> Vec<String> {
        let program = Program { engine, path: program.into() };
        let key = Key::random().unwrap();
        let invocation = program.serve(model, 4321, 8, &key, &["--more".to_owned()]);
        let by_variable = invocation.variables.iter().any(|(_, value)| value == key.text());
        let words: Vec<String> =
            invocation.words.iter().map(|word| word.to_string_lossy().replace(key.text(), "KEY")).collect();
        assert_ne!(by_variable, words.iter().any(|word| word == "KEY"), "the key goes one way");
        words
    }

    #[test]
    fn each_program_is_called_in_its_own_way() {
        let vllm = words(ServerEngine::Vllm, "/bin/vllm", "org/m");
        assert_eq!(vllm.join(" "), "/bin/vllm serve org/m --host 127.0.0.1 --port 4321 --more");
        let sglang = words(ServerEngine::SgLang, "/bin/sglang", "org/m");
        assert_eq!(
            sglang.join(" "),
            "/bin/sglang serve --model-path org/m --host 127.0.0.1 --port 4321 --api-key KEY --more"
        );
        let module = words(ServerEngine::SgLang, "/bin/python3.12", "org/m");
        assert!(module.join(" ").starts_with("/bin/python3.12 -m sglang.launch_server --model-path org/m"));
        let llama = words(ServerEngine::LlamaServer, "/bin/llama-server", "a b/m,1.gguf");
        assert_eq!(
            llama.join("|"),
            "/bin/llama-server|-m|a b/m,1.gguf|--alias|m_1.gguf|--host|127.0.0.1|--port|4321|-np|8|-c|32768|--more"
        );
    }

    #[test]
    fn options_that_are_karats_are_refused() {
        let check = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            check_arguments(&words).map_err(|error| error.to_string())
        };
        assert_eq!(check(&["--tensor-parallel-size", "2", "--max-model-len=4096"]), Ok(()));
        for words in [&["--port", "80"][..], &["--api_key=x"], &["-c", "1", "-m", "x"], &["--hf-token=x"]] {
            let error = check(words).unwrap_err();
            assert!(error.starts_with("-- -"), "{error}");
        }
        assert!(check(&["--hf-token=hf_abc"]).is_err_and(|error| !error.contains("hf_abc")));
    }

    #[test]
    fn a_version_is_told_from_other_words() {
        let version = |text: &str| version_in(&text.lines().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(version("INFO platform is cuda\n0.11.0").as_deref(), Some("0.11.0"));
        assert_eq!(
            version("ggml: found 1 device\nversion: 5123 (abc)\nbuilt with cc 13").as_deref(),
            Some("version: 5123 (abc)")
        );
        assert_eq!(version(""), None);
    }
}
