//! How much memory a model takes, computed before it is loaded: if that is too much, it is refused with what would fit,
//! since otherwise the engine aborts, or the kernel ends the process.
//!
//! Weights are as large as their tensors. The KV cache is two bytes (f16) for each number of a key or value, for each
//! layer and token; the engine rounds the tokens of a sequence up to a multiple of 256. Both were equal to what
//! llama.cpp 0.5.0 said it allocates. Compute buffers hold the logits of a batch, or without flash attention its
//! scores; the bound here was 0 to 6 % above what it said for the default model with batches of 128 and 512 tokens and
//! contexts of 512 to 8,192. For mixtures of experts and hybrid architectures it is an estimate.

use super::engine::CONTEXT_STEP;
use super::gguf::{Gguf, GgufError, Info};

mod fit;
mod free;
#[cfg(test)]
mod tests;

pub use fit::{DoesNotFit, check};
pub use free::free_memory;

/// What the process takes besides: code, vocabulary, graphs.
const BASE_BYTES: u64 = 32 << 20;

/// What the process takes for each token of the vocabulary.
const BYTES_PER_TOKEN: u64 = 400;

/// How a model is to be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// How many sequences are decoded together.
    pub slots: u32,
    /// Further sequences that the engine needs, of the same length: those that hold prompts.
    pub holders: u32,
    /// Tokens of prompt and completion in each sequence.
    pub context: u32,
    /// How many tokens are computed at once when a prompt is read.
    pub batch: u32,
    /// Whether attention is computed without keeping its scores.
    pub flash_attention: bool,
    /// How many layers are on the GPU, the output counted as one; `None` for all of them.
    pub gpu_layers: Option<u32>,
}

/// What a model takes of one memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// The weights.
    pub weights: u64,
    /// Keys and values of all sequences.
    pub kv_cache: u64,
    /// Intermediate results.
    pub compute: u64,
    /// Everything else.
    pub other: u64,
}

impl Need {
    /// The sum.
    pub fn total(self) -> u64 {
        [self.weights, self.kv_cache, self.compute, self.other].into_iter().fold(0, u64::saturating_add)
    }
}

/// What a model takes of the machine's memory, and of the GPU's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// In the machine's.
    pub host: Need,
    /// In the GPU's.
    pub device: Need,
}

/// The sizes that decide how much memory a model takes.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// Weights of each layer.
    layers: Vec<u64>,
    /// Weights of the output, which goes where the last layers go.
    output: u64,
    /// Whether the output uses the weights of the input; a GPU has a copy of them.
    is_tied: bool,
    /// Weights that stay in the machine's memory: the embedding of the input.
    input: u64,
    /// Bytes of keys and values for each layer and token.
    kv_bytes_per_token: Vec<u64>,
    vocabulary: u64,
    embedding: u64,
    feed_forward: u64,
    heads: u64,
}

impl Sizes {
    /// The sizes of a file's model.
    ///
    /// # Errors
    ///
    /// When the file does not say what the model is.
    pub fn of(gguf: &Gguf) -> Result<Sizes, GgufError> {
        let info = gguf.info()?;
        let layer_count = usize::try_from(info.layers).unwrap_or(usize::MAX);
        let mut sizes = Sizes {
            layers: vec![0; layer_count],
            output: 0,
            is_tied: !gguf.tensors.iter().any(|tensor| tensor.name == "output.weight"),
            input: 0,
            kv_bytes_per_token: Vec::new(),
            vocabulary: info.vocabulary,
            embedding: info.embedding_length,
            feed_forward: feed_forward(gguf, &info),
            heads: info.heads,
        };
        for tensor in &gguf.tensors {
            let layer: Option<usize> =
                tensor.name.strip_prefix("blk.").and_then(|rest| rest.split('.').next()?.parse().ok());
            let place = match layer {
                Some(layer) if layer < layer_count => &mut sizes.layers[layer],
                _ if tensor.name.starts_with("token_embd") => &mut sizes.input,
                _ => &mut sizes.output,
            };
            *place = place.saturating_add(tensor.bytes);
        }
        let head = info.key_length.saturating_add(info.value_length);
        let per_token = |layer: usize| {
            let heads = info.kv_heads.get(layer).copied().unwrap_or(0);
            heads.saturating_mul(head).saturating_mul(2)
        };
        sizes.kv_bytes_per_token = (0..layer_count).map(per_token).collect();
        Ok(sizes)
    }

    /// How many layers can be put on a GPU; the output counts as one.
    pub fn gpu_layers(&self) -> u32 {
        u32::try_from(self.layers.len() + 1).unwrap_or(u32::MAX)
    }

    /// What the model takes. `gpu` is whether there is a GPU that holds layers of it.
    pub fn needs(&self, load: &Load, gpu: bool) -> Needs {
        let total = self.layers.len() + 1;
        let on_gpu = match load.gpu_layers {
            _ if !gpu => 0,
            None => total,
            Some(layers) => total.min(layers as usize),
        };
        // The engine puts the last layers on the GPU, the output first.
        let first_on_gpu = total - on_gpu;
        let sequences = u64::from(load.slots.saturating_add(load.holders));
        let context = u64::from(load.context).next_multiple_of(u64::from(CONTEXT_STEP));
        let tokens = sequences.saturating_mul(context);
        let mut needs = Needs::default();
        for (layer, (weights, per_token)) in self.layers.iter().zip(&self.kv_bytes_per_token).enumerate() {
            let need = if layer >= first_on_gpu { &mut needs.device } else { &mut needs.host };
            need.weights = need.weights.saturating_add(*weights);
            need.kv_cache = need.kv_cache.saturating_add(per_token.saturating_mul(tokens));
        }
        needs.host.weights = needs.host.weights.saturating_add(self.input);
        let copy = if self.is_tied && on_gpu > 0 { self.input } else { 0 };
        let output = if on_gpu > 0 { &mut needs.device } else { &mut needs.host };
        output.weights = output.weights.saturating_add(self.output).saturating_add(copy);
        let compute = self.compute(load, context);
        if on_gpu > 0 {
            needs.device.compute = compute;
            // The CPU looks up the input, and computes what its layers make, which takes no less.
            let input = u64::from(load.batch).saturating_mul(self.embedding).saturating_mul(8);
            needs.host.compute = if first_on_gpu > 0 { compute } else { input };
        } else {
            needs.host.compute = compute;
            // A sequence is copied through our own memory.
            let per_token =
                self.kv_bytes_per_token.iter().fold(0_u64, |sum, bytes| sum.saturating_add(*bytes));
            needs.host.other = per_token.saturating_mul(context);
        }
        let logits = sequences.saturating_mul(self.vocabulary).saturating_mul(4);
        let vocabulary = self.vocabulary.saturating_mul(BYTES_PER_TOKEN);
        for bytes in [logits, BASE_BYTES, vocabulary] {
            needs.host.other = needs.host.other.saturating_add(bytes);
        }
        needs
    }

    /// An upper bound on the intermediate results of a batch: 32-bit numbers, the largest being its logits, its scores
    /// and the results of feed-forward layers.
    fn compute(&self, load: &Load, context: u64) -> u64 {
        let widest = if load.flash_attention {
            self.vocabulary.max(context)
        } else {
            // The scores of all heads, and the mask.
            self.vocabulary.max(self.heads.saturating_add(1).saturating_mul(context))
        };
        let widest = widest.max(self.feed_forward.saturating_mul(3));
        let numbers = widest.saturating_add(self.embedding.saturating_mul(6));
        let batch = u64::from(load.batch.max(load.slots));
        numbers.saturating_mul(batch).saturating_mul(4)
    }
}

fn feed_forward(gguf: &Gguf, info: &Info) -> u64 {
    let key = format!("{}.feed_forward_length", info.architecture);
    gguf.integer(&key)
        .and_then(|length| u64::try_from(length).ok())
        .filter(|length| *length < 1 << 30)
        .unwrap_or(0)
}
