//! A model on a device, behind functions that can not be called incorrectly.
//!
//! The library ends the process when a call breaks its rules, so every call is checked here first. On the CPU, this is
//! what makes the logits of a sequence independent of everything else that is computed with it:
//!
//! - each sequence has its own cache (`kv_unified` off), and attention is computed one way whatever the device;
//! - there is one thread, since two split a long sequence's attention at other places;
//! - a prompt is computed alone, from its start, in pieces of [`PIECE`] tokens;
//! - a sequence is not decoded alone where that rounds differently: for one column some types' kernels add in another
//!   order than for several, so a lone sequence gets a companion that is thrown away ([`EngineConfig::companion`]);
//! - the CPU's other layouts of weights are not used: their kernels for Q4_K round differently for the last columns.

use std::path::PathBuf;
use std::ptr::NonNull;

use serde::{Deserialize, Serialize};

use super::device::{CpuCode, DeviceName};
use super::library::parameters::{Context, Memory, Model, Vocabulary};
use super::library::{Library, LibraryError, written};
use crate::shown::shown;

mod batch;
mod clearing;
mod devices;
mod loading;
mod vocabulary;

pub use super::library::parameters::TokenId;
use batch::Rows;
pub use batch::{Copied, StepInput, Take};
use devices::find_device;
pub use devices::probe;
use loading::{LoadedModel, ModelPart, load_model};
pub use vocabulary::{LONGEST_TEXT, count_tokens};

/// How many tokens of a prompt are a piece of it. This is part of what determines the logits: attention rounds
/// differently when fewer than [`FEWEST`] tokens are computed at once, as at the end of a prompt.
pub const PIECE: u32 = 512;

/// From this many tokens on, attention gives the same bits however many there are.
const FEWEST: u32 = 64;

/// How many tokens a processor computes at once: a piece that is split takes less memory and gives the same bits. All
/// of [`MOST_SLOTS`] fit.
const AT_ONCE: u32 = 256;

const _: () = assert!(AT_ONCE >= MOST_SLOTS && PIECE >= MOST_SLOTS);

/// How many tokens are scored at once: the logits of each take as much memory as the vocabulary is large.
pub const SCORED_PIECE: usize = 64;

/// The most slots of an engine: the library supports 256 sequences, and two more are needed.
pub const MOST_SLOTS: u32 = 254;

/// The most tokens of all slots together, with those of prompts.
pub const MOST_TOKENS: u32 = 1 << 24;

/// A slot's context is a multiple of this many tokens; the library rounds up to it.
pub const CONTEXT_STEP: u32 = 256;

/// How a model is loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineConfig {
    /// The folder with the library's files.
    pub library: PathBuf,
    /// The model's file.
    pub model: PathBuf,
    /// Where it runs.
    pub device: DeviceName,
    /// The code that the processor runs for its own layers.
    pub cpu: CpuCode,
    /// How many layers a GPU holds; the CPU has the rest. All of them if this is `None`.
    pub gpu_layers: Option<u32>,
    /// How many completions are computed at once.
    pub slots: u32,
    /// How many tokens a prompt and its completion may have together. Rounded up to a multiple of [`CONTEXT_STEP`].
    pub context: u32,
    /// Whether attention is computed without keeping its whole matrix.
    pub flash_attention: bool,
    /// Whether a lone sequence gets a companion. On the CPU, matrices of the types F32, F16, BF16 and IQ4_NL need it to
    /// give a lone sequence the bits that it has among others; it costs a lone sequence half its speed. Without it,
    /// Q4_0, Q4_1, Q5_0, Q8_0, Q2_K, Q4_K, Q6_K, IQ4_XS and MXFP4 were found to give the same bits.
    pub companion: bool,
    /// Whether a prompt with several completions is computed into a sequence of its own, which the library copies to
    /// the slots, with all the room that a sequence has: on GPUs, which copy within their memory, and for models that
    /// keep a state rather than a cache. Otherwise, a prompt is computed in the slot of its first completion.
    pub holder: bool,
}

impl EngineConfig {
    /// The number of sequences: the slots; one more for the companion of a single slot, even if it has none, so that
    /// the memory is the same; and one that holds a prompt, if there is one.
    pub fn sequences(&self) -> u32 {
        self.slots.max(2) + u32::from(self.holder)
    }

    /// The most tokens that are computed at once.
    pub fn batch(&self) -> u32 {
        if self.device == DeviceName::Cpu { AT_ONCE } else { PIECE }
    }

    /// A slot's context after rounding.
    pub fn rounded_context(&self) -> u32 {
        self.context.next_multiple_of(CONTEXT_STEP)
    }
}

/// Why a model can not be used. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The library can not be used.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// There is no such device.
    #[error("there is no device {name}: {why}; `--device auto` takes one that works", why = shown(reason))]
    NoDevice {
        /// The device that was asked for.
        name: DeviceName,
        /// The devices that there are.
        reason: String,
    },
    /// A setting is out of range.
    #[error("{what} is {value}; give a number from {least} to {most}")]
    Setting {
        /// Which.
        what: &'static str,
        /// What was given.
        value: u32,
        /// The least that works.
        least: u32,
        /// The most that works.
        most: u32,
    },
    /// The file is not there.
    #[error("can not open the model {}: {source}", shown(path.display()))]
    File {
        /// The model's file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The library refuses the file.
    #[error("the model {} can not be loaded: {}", shown(path.display()), shown(reason))]
    Model {
        /// The model's file.
        path: PathBuf,
        /// What the library says.
        reason: String,
    },
    /// The model is of a kind that can not continue texts.
    #[error("the model {} {kind}, so it can not complete texts here; choose another model", shown(path.display()))]
    Kind {
        /// The model's file.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// There is no context: not enough memory for the caches, say.
    #[error(
        "can not make room for {slots} slot{} of {context} tokens: {}; use fewer slots or a shorter context",
        if *slots == 1 { "" } else { "s" },
        shown(reason)
    )]
    Context {
        /// How many slots it should have.
        slots: u32,
        /// How many tokens of each.
        context: u32,
        /// What the library says.
        reason: String,
    },
    /// A call would break the library's rules.
    #[error("a fault in Karat: {0}")]
    Call(&'static str),
    /// The library could not compute.
    #[error("the engine can not compute (code {code}): {}", shown(reason))]
    Decode {
        /// What the library returned.
        code: i32,
        /// What it says.
        reason: String,
    },
}

/// What is known about a loaded model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// The library's description of it, such as `llama 134.52M Q4_1`.
    pub description: String,
    /// How many parameters it has.
    pub parameters: u64,
    /// The size of its weights in bytes.
    pub size: u64,
    /// How many tokens it knows.
    pub vocabulary: u32,
    /// The context that it was trained with, in tokens.
    pub trained_context: u32,
    /// Tokens of a slot.
    pub context: u32,
    /// How many slots there are.
    pub slots: u32,
    /// Whether texts begin with a token of their own.
    pub adds_begin: bool,
    /// Whether it keeps a state rather than a cache of all tokens.
    pub recurrent: bool,
    /// Where it runs.
    pub device: DeviceName,
    /// The device's name, as its maker gave it.
    pub device_description: String,
}

/// A loaded model with room for its sequences.
pub struct InferenceEngine {
    library: Library,
    model: NonNull<Model>,
    context: NonNull<Context>,
    memory: NonNull<Memory>,
    vocabulary: NonNull<Vocabulary>,
    vocabulary_size: usize,
    slots: usize,
    companion: bool,
    /// The most tokens that are computed at once.
    batch: usize,
    rows: Rows,
    copies: Copies,
    info: ModelInfo,
}

/// How a sequence is copied.
#[derive(Debug)]
enum Copies {
    /// By the library, with all the room that a sequence has, whether it is filled or not.
    Whole {
        /// The sequence that holds the prompt to be copied.
        holder: usize,
    },
    /// Through our own memory, only the part that is filled: the rest is never touched, so that it takes no memory.
    Filled {
        /// The prompt to be copied, as the library writes it; empty where there is none.
        kept: Vec<u8>,
    },
}

/// Called while a model is loaded, with the share that is loaded, from 0 to 1.
type Progress<'a> = &'a mut dyn FnMut(f32);

impl InferenceEngine {
    /// Loads a model.
    ///
    /// # Errors
    ///
    /// When the library, the device, the model's file or the memory does not allow it.
    pub fn load(config: &EngineConfig, progress: Progress<'_>) -> Result<InferenceEngine, EngineError> {
        within("the number of slots", config.slots, 1, MOST_SLOTS)?;
        within("the context", config.context, 1, MOST_TOKENS)?;
        // The library keeps further data for each beside the cache, and allocates it without checking.
        let together = config.rounded_context().saturating_mul(config.sequences());
        within("the slots' tokens together, with those of prompts,", together, 1, MOST_TOKENS)?;
        crate::files::open_found(&config.model)
            .map_err(|source| EngineError::File { path: config.model.clone(), source })?;
        let library = Library::open(&config.library, config.cpu)?;
        clearing::prepare(&library);
        let (device, description) = find_device(&library, config.device)?;
        let model = load_model(&library, config, device, ModelPart::All, progress)?;
        // Freed by its drop from here on, whatever follows.
        let model = LoadedModel { library: &library, pointer: model };
        model.check_kind(&config.model)?;
        let context = model.context(config)?;
        let loaded = model.pointer;
        std::mem::forget(model);
        // SAFETY: both are loaded.
        let (memory, vocabulary) = unsafe {
            (
                (library.llama_get_memory)(context.as_ptr()),
                (library.llama_model_get_vocab)(loaded.as_ptr()).cast_mut(),
            )
        };
        let (Some(memory), Some(vocabulary)) = (NonNull::new(memory), NonNull::new(vocabulary)) else {
            return Err(EngineError::Kind { path: config.model.clone(), kind: "keeps nothing of a text" });
        };
        // SAFETY: as above.
        let vocabulary_size = unsafe { (library.llama_vocab_n_tokens)(vocabulary.as_ptr()) };
        let info = ModelInfo {
            description: written(|buffer, size| {
                // SAFETY: the buffer has that size.
                unsafe { (library.llama_model_desc)(loaded.as_ptr(), buffer, size) }
            }),
            // SAFETY: the model is loaded, here and below.
            parameters: unsafe { (library.llama_model_n_params)(loaded.as_ptr()) },
            // SAFETY: as above.
            size: unsafe { (library.llama_model_size)(loaded.as_ptr()) },
            vocabulary: vocabulary_size.max(0) as u32,
            // SAFETY: as above.
            trained_context: unsafe { (library.llama_model_n_ctx_train)(loaded.as_ptr()) }.max(0) as u32,
            // SAFETY: as above, of the context.
            context: unsafe { (library.llama_n_ctx_seq)(context.as_ptr()) },
            slots: config.slots,
            // SAFETY: as above, of the vocabulary.
            adds_begin: unsafe { (library.llama_vocab_get_add_bos)(vocabulary.as_ptr()) },
            // SAFETY: as above.
            recurrent: unsafe {
                (library.llama_model_is_recurrent)(loaded.as_ptr())
                    || (library.llama_model_is_hybrid)(loaded.as_ptr())
            },
            device: config.device,
            device_description: description,
        };
        let engine = InferenceEngine {
            library,
            model: loaded,
            context,
            memory,
            vocabulary,
            vocabulary_size: info.vocabulary as usize,
            slots: config.slots as usize,
            companion: config.companion,
            batch: config.batch() as usize,
            rows: Rows::with_capacity(config.batch() as usize),
            copies: if config.holder {
                Copies::Whole { holder: config.slots.max(2) as usize }
            } else {
                Copies::Filled { kept: Vec::new() }
            },
            info,
        };
        if engine.vocabulary_size == 0 {
            return Err(EngineError::Kind { path: config.model.clone(), kind: "has no vocabulary" });
        }
        engine.check_context(config)?;
        Ok(engine)
    }

    /// What is known about the model.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// How many tokens a sequence can have.
    pub fn context(&self) -> usize {
        self.info.context as usize
    }

    /// How many completions are computed at once.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// The library may round what it was asked for, but a prompt must be computed in the same pieces everywhere.
    fn check_context(&self, config: &EngineConfig) -> Result<(), EngineError> {
        // SAFETY: the context is there.
        let found = unsafe {
            [
                (self.library.llama_n_ctx_seq)(self.context.as_ptr()),
                (self.library.llama_n_batch)(self.context.as_ptr()),
                (self.library.llama_n_ubatch)(self.context.as_ptr()),
                (self.library.llama_n_seq_max)(self.context.as_ptr()),
            ]
        };
        if found == [config.rounded_context(), config.batch(), config.batch(), config.sequences()] {
            return Ok(());
        }
        Err(EngineError::Context {
            slots: config.slots,
            context: config.context,
            reason: format!("the engine made it {found:?}"),
        })
    }
}

impl Drop for InferenceEngine {
    fn drop(&mut self) {
        // SAFETY: both came from the library, and nobody else has them; the context first, which uses the model.
        unsafe {
            (self.library.llama_free)(self.context.as_ptr());
            (self.library.llama_model_free)(self.model.as_ptr());
        }
    }
}

/// How many tokens of a piece are computed at once, one part after the other: never so few that the bits change, unless
/// the whole piece is shorter.
fn parts(piece: usize, most: usize) -> impl Iterator<Item = usize> {
    let mut left = piece;
    std::iter::from_fn(move || {
        let part = if left > most { most - FEWEST as usize } else { left };
        left -= part;
        (part > 0).then_some(part)
    })
}

fn within(what: &'static str, value: u32, least: u32, most: u32) -> Result<(), EngineError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(EngineError::Setting { what, value, least, most })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_piece_are_large_enough() {
        let most = AT_ONCE as usize;
        for piece in 0..=PIECE as usize {
            let parts: Vec<usize> = parts(piece, most).collect();
            assert_eq!(parts.iter().sum::<usize>(), piece);
            assert!(parts.iter().all(|part| (1..=most).contains(part)), "{parts:?}");
            assert!(parts.len() < 2 || parts.iter().all(|part| *part >= FEWEST as usize), "{parts:?}");
        }
        assert_eq!(parts(PIECE as usize, PIECE as usize).collect::<Vec<_>>(), [PIECE as usize]);
    }
}
