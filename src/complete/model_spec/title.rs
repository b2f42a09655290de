//! What a model is called where others read it: without the address, or the folders, of the machine that it was asked
//! on.

use std::path::Path;

use super::{GgufModel, ModelSpec};

impl ModelSpec {
    /// A name for tables and pages. Of an address only the model's name is in it, and of a path only the last part.
    pub fn title(&self) -> String {
        match self {
            ModelSpec::OpenAi { .. }
            | ModelSpec::Anthropic { .. }
            | ModelSpec::Gemini { .. }
            | ModelSpec::Reference
            | ModelSpec::Gguf { model: GgufModel::Installed(_), .. } => self.to_string(),
            ModelSpec::Server { name, api, .. } => format!("{}{}", without_folders(name), api.suffix()),
            ModelSpec::Gguf { model: GgufModel::File(path), api } => {
                format!("gguf:{}{}", last_part(path), api.suffix())
            }
            ModelSpec::Managed { engine, name, api } => {
                format!("{}:{}{}", engine.name(), without_folders(name), api.suffix())
            }
            ModelSpec::Replay { path } => format!("replay:{}", last_part(path)),
            ModelSpec::Command { line } => {
                let program = line.split_whitespace().next().unwrap_or("command");
                format!("command:{}", last_part(Path::new(program)))
            }
        }
    }
}

/// The name that a server has for a model, which may be the path that it was loaded from: `ORG/NAME` stays.
pub fn without_folders(name: &str) -> String {
    let is_path =
        name.starts_with(['/', '.', '~']) || name.matches('/').count() > 1 || name.ends_with(".gguf");
    if is_path { last_part(Path::new(name)) } else { name.to_owned() }
}

fn last_part(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_and_no_folder_is_in_a_title() {
        for (spec, title) in [
            ("openai:gpt-5", "openai:gpt-5"),
            ("http://10.1.2.3:8000/v1#Qwen/Qwen2.5-Coder-7B", "Qwen/Qwen2.5-Coder-7B"),
            ("http://gpu.example.org/v1?api=completions#/srv/models/q.gguf", "q.gguf?api=completions"),
            ("gguf:smollm2-135m", "gguf:smollm2-135m"),
            ("gguf:/home/me/models/q8.gguf", "gguf:q8.gguf"),
            ("vllm:Qwen/Qwen2.5-Coder-7B", "vllm:Qwen/Qwen2.5-Coder-7B"),
            ("vllm:/srv/models/mine", "vllm:mine"),
            ("llama-server:models/q.gguf", "llama-server:q.gguf"),
            ("replay:/home/me/samples.jsonl", "replay:samples.jsonl"),
            ("command:/home/me/ask.sh --token x", "command:ask.sh"),
            ("reference", "reference"),
        ] {
            assert_eq!(spec.parse::<ModelSpec>().unwrap().title(), title, "{spec}");
        }
    }
}
