//! A small model with random weights, written as a GGUF file: the same bytes every time, without Python.
//!
//! Its architecture is llama's, and its vocabulary is the 256 bytes and three control tokens, with three more for
//! filling in the middle of texts, if wanted.
#![allow(dead_code)] // each test binary uses its own part

use std::io::{self, Write};
use std::path::Path;

/// The token that ends a completion.
pub(crate) const END: i32 = 257;

/// How weights are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weights {
    /// As they are.
    F32,
    /// In 16 bits.
    F16,
    /// The upper 16 bits.
    Bf16,
    /// In blocks of 32 numbers of 8 bits with a scale.
    Q8,
    /// In blocks of 32 numbers of 4 bits with a scale.
    Q4,
    /// In blocks of 256 numbers of 4 bits, with scales and offsets of 6 bits in each.
    Q4K,
    /// In blocks of 256 numbers of 6 bits, with scales of 8 bits in each.
    Q6K,
}

impl Weights {
    /// All of them.
    pub(crate) const ALL: [Weights; 7] =
        [Weights::F32, Weights::F16, Weights::Bf16, Weights::Q8, Weights::Q4, Weights::Q4K, Weights::Q6K];

    /// Their number in a file.
    fn number(self) -> u32 {
        match self {
            Weights::F32 => 0,
            Weights::F16 => 1,
            Weights::Q4 => 2,
            Weights::Q8 => 8,
            Weights::Q4K => 12,
            Weights::Q6K => 14,
            Weights::Bf16 => 30,
        }
    }

    /// Whether blocks are of 256 numbers.
    fn has_large_blocks(self) -> bool {
        matches!(self, Weights::Q4K | Weights::Q6K)
    }

    /// Writes random numbers of this range.
    fn put(self, data: &mut Vec<u8>, count: usize, scale: f32, random: &mut u64) {
        if self.has_large_blocks() {
            let put = if self == Weights::Q4K { put_q4_k } else { put_q6_k };
            (0..count / 256).for_each(|_| put(data, scale, random));
            return;
        }
        let numbers: Vec<f32> = (0..count).map(|_| uniform(random) * scale).collect();
        match self {
            Weights::F16 => numbers.iter().for_each(|number| data.extend(half(*number).to_le_bytes())),
            Weights::Bf16 => numbers.iter().for_each(|number| data.extend(&number.to_le_bytes()[2..])),
            Weights::Q8 => numbers.chunks(32).for_each(|block| put_q8(data, block)),
            Weights::Q4 => numbers.chunks(32).for_each(|block| put_q4(data, block)),
            _ => numbers.iter().for_each(|number| data.extend(number.to_le_bytes())),
        }
    }
}

/// A model's shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TinyModel {
    /// How wide a token's vector is; a multiple of 32 and of the heads.
    pub width: u64,
    /// Query heads.
    pub heads: u64,
    /// Key and value heads.
    pub key_heads: u64,
    /// How many layers.
    pub layers: u64,
    /// How wide the layer between is.
    pub between: u64,
    /// How its weights are stored.
    pub weights: Weights,
    /// The range that weights are drawn from.
    pub seed: u64,
    /// How far apart the logits are: with a larger number, the model is surer.
    pub sharpness: f32,
    /// Whether it has tokens to fill in the middle of a text.
    pub infills: bool,
}

impl Default for TinyModel {
    fn default() -> TinyModel {
        TinyModel {
            width: 128,
            heads: 4,
            key_heads: 2,
            layers: 2,
            between: 256,
            weights: Weights::F32,
            seed: 1,
            sharpness: 3.0,
            infills: false,
        }
    }
}

/// The template of chat models, as `ChatML` has it.
pub(crate) const TEMPLATE: &str = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + \
     message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ \
     '<|im_start|>assistant\\n' }}{% endif %}";

const CONTROL: [&str; 3] = ["<|im_start|>", "<|im_end|>", "<|pad|>"];
const MIDDLE: [&str; 3] = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"];
const ALIGNMENT: usize = 32;

impl TinyModel {
    /// One with such weights, wide enough for their blocks.
    pub(crate) fn of(weights: Weights) -> TinyModel {
        let default = TinyModel::default();
        let width = if weights.has_large_blocks() { 256 } else { default.width };
        TinyModel { weights, width, ..default }
    }

    /// Writes the file.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        std::fs::File::create(path)?.write_all(&self.bytes())
    }

    /// The file's content.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let tensors = self.tensors();
        let mut file = b"GGUF".to_vec();
        file.extend(3_u32.to_le_bytes());
        file.extend((tensors.len() as u64).to_le_bytes());
        let fields = self.fields();
        file.extend((fields.len() as u64).to_le_bytes());
        for (name, value) in &fields {
            put_string(&mut file, name);
            value.put(&mut file);
        }
        let mut data = Vec::new();
        let mut random = self.seed;
        for Tensor { name, shape, scale } in &tensors {
            put_string(&mut file, name);
            file.extend((shape.len() as u32).to_le_bytes());
            shape.iter().for_each(|size| file.extend(size.to_le_bytes()));
            let weights = if shape.len() == 2 { self.weights } else { Weights::F32 };
            file.extend(weights.number().to_le_bytes());
            data.resize(data.len().next_multiple_of(ALIGNMENT), 0);
            file.extend((data.len() as u64).to_le_bytes());
            let count = shape.iter().product::<u64>() as usize;
            match scale {
                // The weights of normalisation.
                None => (0..count).for_each(|_| data.extend(1_f32.to_le_bytes())),
                Some(scale) => weights.put(&mut data, count, *scale, &mut random),
            }
        }
        file.resize(file.len().next_multiple_of(ALIGNMENT), 0);
        file.extend(data);
        file
    }

    /// The names of its control tokens, which come after the bytes.
    fn control(&self) -> Vec<&'static str> {
        CONTROL.into_iter().chain(MIDDLE.into_iter().filter(|_| self.infills)).collect()
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let control = self.control();
        let kinds = std::iter::repeat_n(1, 256).chain(control.iter().map(|_| 3));
        let tokens = (0..=255)
            .map(|byte| shown_byte(byte).to_string())
            .chain(control.iter().map(|name| (*name).to_owned()));
        vec![
            ("general.architecture", Value::Text("llama".to_owned())),
            ("general.name", Value::Text("tiny random model".to_owned())),
            ("general.license", Value::Text("mit".to_owned())),
            ("llama.context_length", Value::Number(4096)),
            ("llama.embedding_length", Value::Number(self.width as u32)),
            ("llama.block_count", Value::Number(self.layers as u32)),
            ("llama.feed_forward_length", Value::Number(self.between as u32)),
            ("llama.attention.head_count", Value::Number(self.heads as u32)),
            ("llama.attention.head_count_kv", Value::Number(self.key_heads as u32)),
            ("llama.attention.layer_norm_rms_epsilon", Value::Float(1e-5)),
            ("llama.rope.dimension_count", Value::Number((self.width / self.heads) as u32)),
            ("tokenizer.ggml.model", Value::Text("gpt2".to_owned())),
            ("tokenizer.ggml.pre", Value::Text("gpt-2".to_owned())),
            ("tokenizer.ggml.tokens", Value::Texts(tokens.collect())),
            ("tokenizer.ggml.token_type", Value::Numbers(kinds.collect())),
            ("tokenizer.ggml.merges", Value::Texts(Vec::new())),
            ("tokenizer.ggml.bos_token_id", Value::Number(256)),
            ("tokenizer.ggml.eos_token_id", Value::Number(END as u32)),
            ("tokenizer.ggml.padding_token_id", Value::Number(258)),
            ("tokenizer.ggml.add_bos_token", Value::Flag(false)),
            ("tokenizer.chat_template", Value::Text(TEMPLATE.to_owned())),
        ]
    }

    fn tensors(&self) -> Vec<Tensor> {
        let keys = self.width / self.heads * self.key_heads;
        let vocabulary = 256 + self.control().len() as u64;
        let matrix = |name: String, columns: u64, rows: u64| {
            // Uniform numbers of this range preserve the variance from layer to layer.
            let scale = (3.0 / columns as f32).sqrt();
            Tensor { name, shape: vec![columns, rows], scale: Some(scale) }
        };
        let norm = |name: String| Tensor { name, shape: vec![self.width], scale: None };
        let mut tensors = vec![Tensor {
            name: "token_embd.weight".to_owned(),
            shape: vec![self.width, vocabulary],
            scale: Some(1.0),
        }];
        for layer in 0..self.layers {
            let name = |part: &str| format!("blk.{layer}.{part}.weight");
            tensors.extend([
                norm(name("attn_norm")),
                matrix(name("attn_q"), self.width, self.width),
                matrix(name("attn_k"), self.width, keys),
                matrix(name("attn_v"), self.width, keys),
                matrix(name("attn_output"), self.width, self.width),
                norm(name("ffn_norm")),
                matrix(name("ffn_gate"), self.width, self.between),
                matrix(name("ffn_up"), self.width, self.between),
                matrix(name("ffn_down"), self.between, self.width),
            ]);
        }
        tensors.push(norm("output_norm.weight".to_owned()));
        let mut output = matrix("output.weight".to_owned(), self.width, vocabulary);
        output.scale = output.scale.map(|scale| scale * self.sharpness);
        tensors.push(output);
        tensors
    }
}

struct Tensor {
    name: String,
    shape: Vec<u64>,
    scale: Option<f32>,
}

enum Value {
    Number(u32),
    Float(f32),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
    Numbers(Vec<i32>),
}

impl Value {
    fn put(&self, file: &mut Vec<u8>) {
        let array = |file: &mut Vec<u8>, kind: u32, length: usize| {
            file.extend(9_u32.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend((length as u64).to_le_bytes());
        };
        match self {
            Value::Number(number) => {
                file.extend(4_u32.to_le_bytes());
                file.extend(number.to_le_bytes());
            }
            Value::Float(number) => {
                file.extend(6_u32.to_le_bytes());
                file.extend(number.to_le_bytes());
            }
            Value::Flag(flag) => {
                file.extend(7_u32.to_le_bytes());
                file.push(u8::from(*flag));
            }
            Value::Text(text) => {
                file.extend(8_u32.to_le_bytes());
                put_string(file, text);
            }
            Value::Texts(texts) => {
                array(file, 8, texts.len());
                texts.iter().for_each(|text| put_string(file, text));
            }
            Value::Numbers(numbers) => {
                array(file, 5, numbers.len());
                numbers.iter().for_each(|number| file.extend(number.to_le_bytes()));
            }
        }
    }
}

fn put_string(file: &mut Vec<u8>, text: &str) {
    file.extend((text.len() as u64).to_le_bytes());
    file.extend(text.as_bytes());
}

/// A block of Q8_0: a scale of 16 bits, here a power of two, and 32 numbers.
fn put_q8(data: &mut Vec<u8>, block: &[f32]) {
    let scale =
        put_scale(data, block.iter().fold(0.0_f32, |largest, number| largest.max(number.abs())) / 127.0);
    data.extend(block.iter().map(|number| (number / scale).round() as i8 as u8));
}

/// A block of Q4_0: a scale, and 32 numbers, the second half of them in the upper halves of the bytes.
fn put_q4(data: &mut Vec<u8>, block: &[f32]) {
    let scale =
        put_scale(data, block.iter().fold(0.0_f32, |largest, number| largest.max(number.abs())) / 7.0);
    let nibble = |number: f32| ((number / scale).round() as i8 + 8) as u8;
    let (lower, upper) = block.split_at(16);
    data.extend(lower.iter().zip(upper).map(|(lower, upper)| nibble(*lower) | nibble(*upper) << 4));
}

/// A block of Q4_K: a scale of scales and one of offsets, which nearly cancel out the numbers' mean; the rest is
/// random.
fn put_q4_k(data: &mut Vec<u8>, scale: f32, random: &mut u64) {
    let unit = put_scale(data, scale / 512.0);
    put_scale(data, unit * 8.0);
    put_random(data, 12 + 128, random);
}

/// A block of Q6_K: random numbers, 16 scales of -16 to 15, and the scale of these.
fn put_q6_k(data: &mut Vec<u8>, scale: f32, random: &mut u64) {
    put_random(data, 128 + 64, random);
    data.extend((0..16).map(|_| (next(random) as i8 >> 3) as u8));
    put_scale(data, scale / 512.0);
}

fn put_random(data: &mut Vec<u8>, count: usize, random: &mut u64) {
    data.extend((0..count).map(|_| next(random) as u8));
}

/// Writes, in 16 bits, the smallest power of two that is not less than a number, and returns it.
fn put_scale(data: &mut Vec<u8>, least: f32) -> f32 {
    let mut exponent = -14;
    while 2_f32.powi(exponent) < least {
        exponent += 1;
    }
    data.extend((((exponent + 15) as u16) << 10).to_le_bytes());
    2_f32.powi(exponent)
}

/// A number in 16 bits, with what is too small for their exponents as zero.
fn half(number: f32) -> u16 {
    let bits = number.to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    match (bits >> 23 & 0xff).checked_sub(112) {
        None | Some(0) => sign,
        Some(exponent) => sign | (exponent as u16) << 10 | (bits >> 13 & 0x3ff) as u16,
    }
}

/// How a byte is written in the vocabularies of GPT-2's kind: printable characters as they are, the others from
/// U+0100 on.
fn shown_byte(byte: u8) -> char {
    let as_it_is = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    if as_it_is(byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|byte| !as_it_is(*byte)).count() as u32;
    char::from_u32(0x100 + before).unwrap_or('?')
}

/// From -1 to 1.
fn uniform(state: &mut u64) -> f32 {
    (next(state) >> 40) as f32 / (1 << 23) as f32 - 1.0
}

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
