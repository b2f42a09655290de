//! `karat models show`.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::list::count;
use crate::cli::shared::FormatArguments;
use crate::cli::{Ending, Format, progress};
use crate::model::find::{Model, Places};
use crate::model::gguf::{Digests, Gguf, Info};
use crate::model::install::What;
use crate::package::PartState;
use crate::report::columns::TextTable;
use crate::report::printable;
use crate::shown::{bytes, shown};

/// Show what a model is: architecture, size, quantisation, licence and chat template.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat models show smollm2-135m
  karat models show qwen2.5-coder-7b-q8_0.gguf
  karat models show ollama:llama3.2 --format json
  karat models show model.gguf --digest")]
pub(super) struct ShowModelArguments {
    /// A GGUF file, or a name that `karat models list` shows.
    #[arg(value_name = "FILE|NAME")]
    model: String,

    /// Also the sha256 of the file, which takes a while for a large one; it is kept until the file changes.
    #[arg(long)]
    digest: bool,

    #[command(flatten)]
    output: FormatArguments,
}

/// What is written for programs.
#[derive(Serialize)]
struct Output {
    files: Vec<PathBuf>,
    bytes: u64,
    sha256: Option<String>,
    gguf_version: u32,
    architecture: String,
    name: Option<String>,
    size_label: Option<String>,
    parameters: u64,
    quantisation: String,
    tensor_types: Vec<TensorTypes>,
    weight_bytes: u64,
    kv_bytes_per_token: u64,
    context_length: u64,
    layers: u64,
    embedding_length: u64,
    heads: u64,
    kv_heads: Vec<u64>,
    key_length: u64,
    value_length: u64,
    vocabulary: u64,
    bos: Option<String>,
    eos: Option<String>,
    fill_in_the_middle: Option<[String; 3]>,
    licence: Option<String>,
    chat_template: Option<String>,
}

#[derive(Serialize)]
struct TensorTypes {
    kind: String,
    tensors: u64,
    bytes: u64,
}

pub(super) fn run(places: &Places, arguments: &ShowModelArguments) -> anyhow::Result<Ending> {
    let path = match places.resolve(&arguments.model)? {
        Model::File(path) => path,
        Model::Named(model) => {
            let what = What::Model(model);
            if what.quick_state(&places.cache)? != PartState::Ready {
                anyhow::bail!("{0} is not installed; `karat models install {0}` does that", model.name);
            }
            what.path(&places.cache)?
        }
    };
    let gguf = Gguf::open(&path)?;
    let info = gguf.info()?;
    let sha256 = if arguments.digest {
        let bar = progress::bytes("reading", gguf.file_bytes, false);
        let digest = Digests::new(&places.cache).of(&gguf, &mut |read| bar.set_position(read));
        bar.finish_and_clear();
        Some(digest.context("can not compute the digest")?.to_string())
    } else {
        None
    };
    let output = Output::of(&gguf, info, sha256);
    let mut out = io::stdout().lock();
    match arguments.output.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&output)?)?,
        Format::Table => output.show(&mut out)?,
    }
    Ok(Ending::Done)
}

impl Output {
    fn of(gguf: &Gguf, info: Info, sha256: Option<String>) -> Output {
        let head = info.key_length.saturating_add(info.value_length);
        let tensor_types = info.tensor_types.iter().map(|(kind, (tensors, bytes))| TensorTypes {
            kind: kind.to_string(),
            tensors: *tensors,
            bytes: *bytes,
        });
        Output {
            files: gguf.files.clone(),
            bytes: gguf.file_bytes,
            sha256,
            gguf_version: gguf.version,
            tensor_types: tensor_types.collect(),
            weight_bytes: gguf.weight_bytes(),
            kv_bytes_per_token: info.kv_heads.iter().sum::<u64>().saturating_mul(head).saturating_mul(2),
            architecture: info.architecture,
            name: info.name,
            size_label: info.size_label,
            parameters: info.parameters,
            quantisation: info.quantisation,
            context_length: info.context_length,
            layers: info.layers,
            embedding_length: info.embedding_length,
            heads: info.heads,
            kv_heads: info.kv_heads,
            key_length: info.key_length,
            value_length: info.value_length,
            vocabulary: info.vocabulary,
            bos: info.bos.map(|(_, text)| text),
            eos: info.eos.map(|(_, text)| text),
            fill_in_the_middle: info.fim.map(|fim| [fim.prefix, fim.suffix, fim.middle]),
            licence: info.licence,
            chat_template: info.chat_template,
        }
    }

    fn show(&self, out: &mut impl Write) -> io::Result<()> {
        let mut table = TextTable::with_header(["", ""]);
        let mut add = |name: &str, value: String| {
            table.add_row([name.to_owned(), value]);
        };
        let or_not = |value: &Option<String>, not: &str| match value {
            Some(value) => shown(value).to_string(),
            None => not.to_owned(),
        };
        for (number, file) in self.files.iter().enumerate() {
            add(if number == 0 { "file" } else { "" }, shown(file.display()).to_string());
        }
        add("size", bytes(self.bytes));
        if let Some(sha256) = &self.sha256 {
            add("sha256", sha256.clone());
        }
        add("name", or_not(&self.name, "not said"));
        add("architecture", shown(&self.architecture).to_string());
        add("parameters", format!("{} ({})", count(self.parameters), self.parameters));
        let types =
            self.tensor_types.iter().map(|it| format!("{} {} ({})", it.tensors, it.kind, bytes(it.bytes)));
        add("weights", format!("{}: {}", self.quantisation, types.collect::<Vec<_>>().join(", ")));
        add("context", format!("{} tokens", self.context_length));
        add("layers", format!("{} of width {}", self.layers, self.embedding_length));
        let kv_heads = match (self.kv_heads.iter().min(), self.kv_heads.iter().max()) {
            (Some(least), Some(most)) if least == most => most.to_string(),
            (Some(least), Some(most)) => format!("{least} to {most}"),
            _ => "no".to_owned(),
        };
        add("heads", format!("{} on {kv_heads} of keys and values", self.heads));
        add("KV cache", format!("{} a token", bytes(self.kv_bytes_per_token)));
        let ends = [("begins a text", &self.bos), ("ends one", &self.eos)]
            .iter()
            .filter_map(|(what, token)| Some(format!("{} {what}", shown(token.as_ref()?))))
            .collect::<Vec<_>>();
        let mut vocabulary = format!("{} tokens", self.vocabulary);
        if !ends.is_empty() {
            vocabulary.push_str(&format!("; {}", ends.join(", ")));
        }
        add("vocabulary", vocabulary);
        let middle = self.fill_in_the_middle.as_ref().map(|tokens| tokens.join(" "));
        add("fill in the middle", or_not(&middle, "no tokens for it"));
        add("licence", or_not(&self.licence, "not said"));
        let template = match &self.chat_template {
            Some(template) => format!("{} lines, below", template.lines().count()),
            None => "none: it continues texts".to_owned(),
        };
        add("chat template", template);
        writeln!(out, "{table}")?;
        match &self.chat_template {
            Some(template) => writeln!(out, "\n{}", printable(template)),
            None => Ok(()),
        }
    }
}
