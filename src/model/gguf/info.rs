//! A model's properties, from its metadata and tensors.

use std::collections::BTreeMap;

use super::{Gguf, GgufFault, MetadataValue, TensorType, file_type_name};

/// The most layers that a model may have.
const MOST_LAYERS: u64 = 4096;

/// What a model is.
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    /// The architecture, as the engine calls it.
    pub architecture: String,
    /// The name that its makers gave it.
    pub name: Option<String>,
    /// How large they call it: `7B`.
    pub size_label: Option<String>,
    /// How many weights it has.
    pub parameters: u64,
    /// How its weights are stored, as a whole: `Q4_K_M`. `mostly …` where the file does not say.
    pub quantisation: String,
    /// How its weights are stored, in detail: the tensors and bytes of each type.
    pub tensor_types: BTreeMap<TensorType, (u64, u64)>,
    /// The most tokens of prompt and completion that it was made for.
    pub context_length: u64,
    /// How many layers it has.
    pub layers: u64,
    /// The width of its embeddings.
    pub embedding_length: u64,
    /// Attention heads, the most of any layer.
    pub heads: u64,
    /// Heads of keys and values, in each layer; 0 in layers without attention.
    pub kv_heads: Vec<u64>,
    /// The length of a head's key.
    pub key_length: u64,
    /// The length of a head's value.
    pub value_length: u64,
    /// How many tokens its vocabulary has.
    pub vocabulary: u64,
    /// The token that a text begins with, and its text.
    pub bos: Option<(u64, String)>,
    /// The token that a text ends with, and its text.
    pub eos: Option<(u64, String)>,
    /// The tokens for filling in the middle of a text.
    pub fim: Option<FimTokens>,
    /// The template that makes one text of a conversation.
    pub chat_template: Option<String>,
    /// Its licence, as its makers wrote it.
    pub licence: Option<String>,
}

/// The texts of the tokens with which a model fills in the middle of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FimTokens {
    /// The token before the text that precedes the gap.
    pub prefix: String,
    /// The token before the text that follows it.
    pub suffix: String,
    /// The token before the model's own text.
    pub middle: String,
}

/// The names that these tokens have in models whose files do not mark them.
const FIM: [(&str, &str, &str); 8] = [
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
    ("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
    ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
    ("<PRE>", "<SUF>", "<MID>"),
    ("▁<PRE>", "▁<SUF>", "▁<MID>"),
    ("<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>"),
    ("<|prefix|>", "<|suffix|>", "<|middle|>"),
];

impl Info {
    pub(super) fn of(gguf: &Gguf) -> Result<Info, GgufFault> {
        let missing =
            |key: &str, message: &str| GgufFault::Field { key: key.to_owned(), message: message.to_owned() };
        let architecture = gguf
            .text("general.architecture")
            .ok_or_else(|| missing("general.architecture", "it is not there, so this is no model"))?;
        let key = |name: &str| format!("{architecture}.{name}");
        let number = |name: &str, most: u64| {
            let key = key(name);
            match gguf.integer(&key) {
                None => Err(missing(&key, "it is not there, so this is no language model")),
                Some(number) => u64::try_from(number)
                    .ok()
                    .filter(|number| (1..=most).contains(number))
                    .ok_or_else(|| missing(&key, &format!("{number} is not between 1 and {most}"))),
            }
        };
        let context_length = number("context_length", 1 << 40)?;
        let embedding_length = number("embedding_length", 1 << 24)?;
        let layers = number("block_count", MOST_LAYERS)?;
        let layers_here = usize::try_from(layers).unwrap_or(0); // at most MOST_LAYERS
        let heads_of = |name: &str| -> Result<Option<Vec<u64>>, GgufFault> {
            let key = key(name);
            let wrong = || {
                missing(&key, &format!("it is not one number of heads, nor one for each of {layers} layers"))
            };
            let head_count =
                |number: i128| u64::try_from(number).ok().filter(|count| *count <= 1 << 20).ok_or_else(wrong);
            match gguf.metadata.get(&key) {
                None => Ok(None),
                Some(MetadataValue::Integer(heads)) => Ok(Some(vec![head_count(*heads)?; layers_here])),
                Some(MetadataValue::Array { integers: Some(integers), .. })
                    if integers.len() as u64 >= layers =>
                {
                    let heads: Result<Vec<u64>, GgufFault> =
                        integers.iter().copied().take(layers_here).map(head_count).collect();
                    Ok(Some(heads?))
                }
                Some(_) => Err(wrong()),
            }
        };
        // Architectures without attention have no heads.
        let all_heads = heads_of("attention.head_count")?.unwrap_or_default();
        let heads = all_heads.iter().copied().max().unwrap_or(0);
        let kv_heads = heads_of("attention.head_count_kv")?.unwrap_or(all_heads);
        let length = |name: &str| {
            let whole = embedding_length.checked_div(heads).unwrap_or(0);
            let found = gguf.integer(&key(name)).and_then(|length| u64::try_from(length).ok());
            found.filter(|length| *length <= 1 << 20).unwrap_or(whole)
        };
        let id = |name: &str| -> Option<(u64, String)> {
            let id = u64::try_from(gguf.integer(&format!("tokenizer.ggml.{name}_token_id"))?).ok()?;
            Some((id, gguf.token(id)?))
        };
        let vocabulary = match gguf.metadata.get("tokenizer.ggml.tokens") {
            Some(MetadataValue::Array { length, .. }) => *length,
            _ => 0,
        };
        let mut tensor_types: BTreeMap<TensorType, (u64, u64)> = BTreeMap::new();
        let mut parameters = 0_u64;
        for tensor in &gguf.tensors {
            let (count, bytes) = tensor_types.entry(tensor.kind).or_default();
            *count += 1;
            *bytes = bytes.saturating_add(tensor.bytes);
            parameters = parameters.saturating_add(tensor.elements());
        }
        let named = gguf.integer("general.file_type").and_then(file_type_name);
        let quantisation = named.map(str::to_owned).or_else(|| {
            let most = tensor_types.iter().max_by_key(|(_, (_, bytes))| *bytes);
            most.map(|(kind, _)| format!("mostly {kind}"))
        });
        let text =
            |key: &str| gguf.text(key).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        Ok(Info {
            architecture: architecture.to_owned(),
            name: text("general.name"),
            size_label: text("general.size_label"),
            parameters,
            quantisation: quantisation.unwrap_or_else(|| "no weights".to_owned()),
            tensor_types,
            context_length,
            layers,
            embedding_length,
            heads,
            kv_heads,
            key_length: length("attention.key_length"),
            value_length: length("attention.value_length"),
            vocabulary,
            bos: id("bos"),
            eos: id("eos"),
            fim: fim(gguf),
            chat_template: gguf.text("tokenizer.chat_template").map(str::to_owned),
            licence: text("general.license").or_else(|| text("general.license.name")),
        })
    }
}

/// The tokens that are marked, by the newer or the older names; or those that models are known to have.
fn fim(gguf: &Gguf) -> Option<FimTokens> {
    let marked = |names: [&str; 2]| {
        let id = names.iter().find_map(|name| gguf.integer(&format!("tokenizer.ggml.{name}_token_id")))?;
        gguf.token(u64::try_from(id).ok()?)
    };
    let by_mark = || {
        Some(FimTokens {
            prefix: marked(["fim_pre", "prefix"])?,
            suffix: marked(["fim_suf", "suffix"])?,
            middle: marked(["fim_mid", "middle"])?,
        })
    };
    by_mark().or_else(|| {
        let has = |text: &&str| gguf.tokens.find(text).is_some();
        let known = FIM.iter().find(|(prefix, suffix, middle)| [prefix, suffix, middle].into_iter().all(has));
        known.map(|(prefix, suffix, middle)| FimTokens {
            prefix: (*prefix).to_owned(),
            suffix: (*suffix).to_owned(),
            middle: (*middle).to_owned(),
        })
    })
}
