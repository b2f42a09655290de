//! Models on this machine: files for the built-in engine, and programs that serve models.

use std::fmt;
use std::path::PathBuf;

use super::is_name;

/// A model for the built-in engine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GgufModel {
    /// A file: what has a slash in it, or ends in `.gguf`.
    File(PathBuf),
    /// A model that `karat models` has installed, by its name.
    Installed(String),
}

impl GgufModel {
    /// Nothing where the text is neither a file nor a name.
    pub(super) fn parse(text: &str) -> Option<GgufModel> {
        let ends_as_one = text.to_ascii_lowercase().ends_with(".gguf");
        if ends_as_one || text.contains('/') {
            // A slash alone, or the ending alone, is a folder or a hidden file.
            let is_file = is_path(text) && !text.ends_with('/');
            return is_file.then(|| GgufModel::File(text.into()));
        }
        is_name(text).then(|| GgufModel::Installed(text.to_owned()))
    }
}

impl fmt::Display for GgufModel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GgufModel::File(path) => write!(formatter, "{}", path.display()),
            GgufModel::Installed(name) => formatter.write_str(name),
        }
    }
}

/// A program that serves models, which Karat starts and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerEngine {
    /// vLLM.
    Vllm,
    /// SGLang.
    SgLang,
    /// llama.cpp's server.
    LlamaServer,
}

impl ServerEngine {
    /// All of them.
    pub const ALL: [ServerEngine; 3] = [ServerEngine::Vllm, ServerEngine::SgLang, ServerEngine::LlamaServer];

    /// What stands before the colon.
    pub fn name(self) -> &'static str {
        match self {
            ServerEngine::Vllm => "vllm",
            ServerEngine::SgLang => "sglang",
            ServerEngine::LlamaServer => "llama-server",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<ServerEngine> {
        ServerEngine::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// Whether this can be a model of it. What begins with a dash would be taken for one of its options.
    pub(super) fn takes(self, text: &str) -> bool {
        !text.starts_with('-')
            && match self {
                ServerEngine::Vllm | ServerEngine::SgLang => is_name(text),
                ServerEngine::LlamaServer => is_path(text),
            }
    }

    /// What is expected behind the colon, and how that would look.
    pub(super) fn example(self) -> (&'static str, &'static str) {
        match self {
            ServerEngine::Vllm => ("a model's name or folder", "vllm:Qwen/Qwen2.5-Coder-7B-Instruct"),
            ServerEngine::SgLang => ("a model's name or folder", "sglang:Qwen/Qwen2.5-Coder-7B-Instruct"),
            ServerEngine::LlamaServer => ("a GGUF file", "llama-server:models/qwen.gguf"),
        }
    }
}

/// Paths may have spaces, but nothing that would break a line.
fn is_path(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_control)
}
