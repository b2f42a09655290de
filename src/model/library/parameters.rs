//! The library's structures that are passed by value, laid out as in its headers.
//!
//! A wrong offset would fail silently, so each size and offset is asserted at compile time, and the default values,
//! which the library fills in itself, are compared when it is loaded.

use std::ffi::{c_char, c_int, c_void};
use std::mem::{offset_of, size_of};
use std::ptr;

/// An opaque structure of the library, only ever behind a pointer.
macro_rules! opaque {
    ($($(#[$comment:meta])* $name:ident),* $(,)?) => {$(
        $(#[$comment])*
        #[repr(C)]
        pub(crate) struct $name {
            _opaque: [u8; 0],
        }
    )*};
}

opaque! {
    /// `llama_model`.
    Model,
    /// `llama_context`.
    Context,
    /// `llama_vocab`.
    Vocabulary,
    /// `llama_memory_i`: the cache of keys and values.
    Memory,
    /// `ggml_backend_buffer`: memory on a device.
    Buffer,
    /// `ggml_backend_reg`: a kind of device.
    Registry,
    /// `ggml_backend_device`.
    Device,
}

/// A token's number.
pub type TokenId = i32;

/// `llama_progress_callback`: gets a share from 0 to 1; false ends the loading.
pub(crate) type ProgressCallback = unsafe extern "C" fn(share: f32, data: *mut c_void) -> bool;

/// `ggml_log_callback`.
pub(crate) type LogCallback = unsafe extern "C" fn(level: c_int, text: *const c_char, data: *mut c_void);

/// `llama_model_params`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct ModelParameters {
    /// Which devices hold layers, with a null pointer behind the last.
    pub devices: *mut *mut Device,
    tensor_buft_overrides: *const c_void,
    /// How many layers those devices hold; negative for all.
    pub n_gpu_layers: i32,
    split_mode: c_int,
    /// 0: read; 1: mapped into memory.
    pub load_mode: c_int,
    lazy_mode: c_int,
    main_gpu: i32,
    tensor_split: *const f32,
    /// Called with how much is loaded.
    pub progress_callback: Option<ProgressCallback>,
    /// The callback's data.
    pub progress_callback_user_data: *mut c_void,
    kv_overrides: *const c_void,
    /// Whether only the vocabulary is loaded.
    pub vocab_only: bool,
    /// Whether quantised blocks are checked for values that are not numbers.
    pub check_tensors: bool,
    /// Whether weights may get another layout for the CPU's kernels.
    pub use_extra_bufts: bool,
    no_host: bool,
    no_alloc: bool,
    load_mtp: bool,
}

const _: () = {
    assert!(size_of::<ModelParameters>() == 80);
    assert!(offset_of!(ModelParameters, devices) == 0);
    assert!(offset_of!(ModelParameters, n_gpu_layers) == 16);
    assert!(offset_of!(ModelParameters, split_mode) == 20);
    assert!(offset_of!(ModelParameters, load_mode) == 24);
    assert!(offset_of!(ModelParameters, lazy_mode) == 28);
    assert!(offset_of!(ModelParameters, main_gpu) == 32);
    assert!(offset_of!(ModelParameters, tensor_split) == 40);
    assert!(offset_of!(ModelParameters, progress_callback) == 48);
    assert!(offset_of!(ModelParameters, progress_callback_user_data) == 56);
    assert!(offset_of!(ModelParameters, kv_overrides) == 64);
    assert!(offset_of!(ModelParameters, vocab_only) == 72);
    assert!(offset_of!(ModelParameters, check_tensors) == 73);
    assert!(offset_of!(ModelParameters, use_extra_bufts) == 74);
    assert!(offset_of!(ModelParameters, load_mtp) == 77);
};

impl ModelParameters {
    /// The first field whose default differs from that of the library's expected version, by name.
    pub(crate) fn unexpected(&self) -> Option<&'static str> {
        first_false(&[
            ("devices", self.devices.is_null()),
            ("tensor_buft_overrides", self.tensor_buft_overrides.is_null()),
            ("n_gpu_layers", self.n_gpu_layers == -1),
            ("split_mode", self.split_mode == 1),
            ("load_mode", self.load_mode == -1),
            ("lazy_mode", self.lazy_mode == 1),
            ("main_gpu", self.main_gpu == 0),
            ("tensor_split", self.tensor_split.is_null()),
            ("progress_callback", self.progress_callback.is_none()),
            ("kv_overrides", self.kv_overrides.is_null()),
            ("vocab_only", !self.vocab_only),
            ("check_tensors", !self.check_tensors),
            ("use_extra_bufts", self.use_extra_bufts),
            ("no_host", !self.no_host),
            ("no_alloc", !self.no_alloc),
            ("load_mtp", !self.load_mtp),
        ])
    }
}

/// `llama_context_params`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct ContextParameters {
    /// Tokens of all sequences together.
    pub n_ctx: u32,
    /// The most tokens of one call.
    pub n_batch: u32,
    /// The most tokens that are computed at once.
    pub n_ubatch: u32,
    /// How many sequences there are.
    pub n_seq_max: u32,
    n_rs_seq: u32,
    /// The most tokens of a call whose logits are wanted.
    pub n_outputs_max: u32,
    n_outputs_max_per_seq: u32,
    /// Threads for one token.
    pub n_threads: i32,
    /// Threads for several tokens.
    pub n_threads_batch: i32,
    ctx_type: c_int,
    rope_scaling_type: c_int,
    pooling_type: c_int,
    attention_type: c_int,
    /// -1: as the device can; 0: never; 1: always.
    pub flash_attn_type: c_int,
    rope_freq_base: f32,
    rope_freq_scale: f32,
    yarn_ext_factor: f32,
    yarn_attn_factor: f32,
    yarn_beta_fast: f32,
    yarn_beta_slow: f32,
    yarn_orig_ctx: u32,
    defrag_thold: f32,
    cb_eval: *const c_void,
    cb_eval_user_data: *mut c_void,
    /// The type of cached keys; 1 is f16.
    pub type_k: c_int,
    /// The type of cached values.
    pub type_v: c_int,
    abort_callback: *const c_void,
    abort_callback_data: *mut c_void,
    embeddings: bool,
    /// Whether the device holds the cache, too.
    pub offload_kqv: bool,
    no_perf: bool,
    op_offload: bool,
    swa_full: bool,
    /// Whether all sequences share one cache.
    pub kv_unified: bool,
    samplers: *const c_void,
    n_samplers: usize,
    ctx_other: *mut Context,
}

const _: () = {
    assert!(size_of::<ContextParameters>() == 160);
    assert!(offset_of!(ContextParameters, n_ctx) == 0);
    assert!(offset_of!(ContextParameters, n_outputs_max) == 20);
    assert!(offset_of!(ContextParameters, n_threads) == 28);
    assert!(offset_of!(ContextParameters, ctx_type) == 36);
    assert!(offset_of!(ContextParameters, flash_attn_type) == 52);
    assert!(offset_of!(ContextParameters, rope_freq_base) == 56);
    assert!(offset_of!(ContextParameters, defrag_thold) == 84);
    assert!(offset_of!(ContextParameters, cb_eval) == 88);
    assert!(offset_of!(ContextParameters, type_k) == 104);
    assert!(offset_of!(ContextParameters, type_v) == 108);
    assert!(offset_of!(ContextParameters, abort_callback) == 112);
    assert!(offset_of!(ContextParameters, embeddings) == 128);
    assert!(offset_of!(ContextParameters, kv_unified) == 133);
    assert!(offset_of!(ContextParameters, samplers) == 136);
    assert!(offset_of!(ContextParameters, ctx_other) == 152);
};

impl ContextParameters {
    /// The first field whose default differs from that of the library's expected version, by name.
    pub(crate) fn unexpected(&self) -> Option<&'static str> {
        first_false(&[
            ("n_ctx", self.n_ctx == 512),
            ("n_batch", self.n_batch == 2048),
            ("n_ubatch", self.n_ubatch == 512),
            ("n_seq_max", self.n_seq_max == 1),
            ("n_rs_seq", self.n_rs_seq == 0),
            ("n_outputs_max", self.n_outputs_max == 0),
            ("n_outputs_max_per_seq", self.n_outputs_max_per_seq == 1),
            ("n_threads", self.n_threads == self.n_threads_batch && (1..=4096).contains(&self.n_threads)),
            ("ctx_type", self.ctx_type == 0),
            ("rope_scaling_type", self.rope_scaling_type == -1),
            ("pooling_type", self.pooling_type == -1),
            ("attention_type", self.attention_type == -1),
            ("flash_attn_type", self.flash_attn_type == -1),
            ("rope_freq_base", self.rope_freq_base == 0.0),
            ("rope_freq_scale", self.rope_freq_scale == 0.0),
            ("yarn_ext_factor", self.yarn_ext_factor == -1.0),
            ("yarn_beta_slow", self.yarn_beta_slow == -1.0),
            ("yarn_orig_ctx", self.yarn_orig_ctx == 0),
            ("defrag_thold", self.defrag_thold == -1.0),
            ("cb_eval", self.cb_eval.is_null()),
            ("type_k", self.type_k == 1),
            ("type_v", self.type_v == 1),
            ("abort_callback", self.abort_callback.is_null()),
            ("embeddings", !self.embeddings),
            ("offload_kqv", self.offload_kqv),
            ("no_perf", self.no_perf),
            ("op_offload", self.op_offload),
            ("swa_full", self.swa_full),
            ("kv_unified", !self.kv_unified),
            ("samplers", self.samplers.is_null()),
            ("n_samplers", self.n_samplers == 0),
            ("ctx_other", self.ctx_other.is_null()),
        ])
    }
}

/// `llama_batch`: what one call computes. All arrays have `n_tokens` items.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Batch {
    /// How many tokens.
    pub n_tokens: i32,
    /// The tokens.
    pub token: *mut TokenId,
    /// Embeddings in place of tokens; null.
    pub embd: *mut f32,
    /// The position of each in its sequence.
    pub pos: *mut i32,
    /// In how many sequences each is.
    pub n_seq_id: *mut i32,
    /// In which.
    pub seq_id: *mut *mut i32,
    /// Whether the logits behind it are wanted.
    pub logits: *mut i8,
}

const _: () = {
    assert!(size_of::<Batch>() == 56);
    assert!(offset_of!(Batch, token) == 8);
    assert!(offset_of!(Batch, seq_id) == 40);
    assert!(offset_of!(Batch, logits) == 48);
};

impl Batch {
    /// A batch without tokens.
    pub(crate) fn empty() -> Batch {
        Batch {
            n_tokens: 0,
            token: ptr::null_mut(),
            embd: ptr::null_mut(),
            pos: ptr::null_mut(),
            n_seq_id: ptr::null_mut(),
            seq_id: ptr::null_mut(),
            logits: ptr::null_mut(),
        }
    }
}

fn first_false(checks: &[(&'static str, bool)]) -> Option<&'static str> {
    checks.iter().find(|(_, holds)| !holds).map(|(name, _)| *name)
}
