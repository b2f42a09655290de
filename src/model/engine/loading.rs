//! Loading a model's file, and making a context for it.

use std::ffi::{CString, c_void};
use std::path::Path;
use std::ptr::NonNull;

use super::{EngineConfig, EngineError, Progress, SCORED_PIECE};
use crate::model::library::parameters::{Context, Device, Model};
use crate::model::library::{Library, log};

/// How much of a model is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ModelPart {
    All,
    Vocabulary,
}

pub(super) fn load_model(
    library: &Library,
    config: &EngineConfig,
    device: Option<*mut Device>,
    part: ModelPart,
    mut progress: Progress<'_>,
) -> Result<NonNull<Model>, EngineError> {
    unsafe extern "C" fn advance(share: f32, data: *mut c_void) -> bool {
        // SAFETY: the pointer to the reference below, which outlives the loading.
        let progress = unsafe { &mut *data.cast::<Progress<'_>>() };
        progress(share);
        true
    }
    let refused = |reason: String| EngineError::Model { path: config.model.clone(), reason };
    let path = CString::new(config.model.as_os_str().as_encoded_bytes())
        .map_err(|_| refused("its path holds a zero".to_owned()))?;
    let mut devices = [device.unwrap_or(std::ptr::null_mut()), std::ptr::null_mut()];
    // SAFETY: a function without arguments.
    let mut parameters = unsafe { (library.llama_model_default_params)() };
    parameters.devices = devices.as_mut_ptr();
    parameters.n_gpu_layers = match (device, config.gpu_layers) {
        (None, _) => 0,
        (Some(_), None) => -1,
        (Some(_), Some(layers)) => i32::try_from(layers).unwrap_or(i32::MAX),
    };
    parameters.load_mode = 1;
    parameters.vocab_only = part == ModelPart::Vocabulary;
    // The CPU's other layouts have their own kernels for the last columns of a batch, which round differently.
    parameters.use_extra_bufts = false;
    parameters.progress_callback = Some(advance);
    parameters.progress_callback_user_data = (&raw mut progress).cast();
    let from = log::mark();
    // SAFETY: the path ends with a zero; the list of devices ends with a null pointer; both, and what the callback
    // gets, outlive the call.
    let model = unsafe { (library.llama_model_load_from_file)(path.as_ptr(), parameters) };
    NonNull::new(model).ok_or_else(|| {
        let said = log::since(from);
        refused(if said.is_empty() { "the engine refuses it".to_owned() } else { said })
    })
}

/// A model without a context, freed when it is dropped.
pub(super) struct LoadedModel<'a> {
    pub(super) library: &'a Library,
    pub(super) pointer: NonNull<Model>,
}

impl LoadedModel<'_> {
    pub(super) fn check_kind(&self, path: &Path) -> Result<(), EngineError> {
        let model = self.pointer.as_ptr();
        // SAFETY: the model is loaded.
        let (encodes, decodes, diffuses) = unsafe {
            (
                (self.library.llama_model_has_encoder)(model),
                (self.library.llama_model_has_decoder)(model),
                (self.library.llama_model_is_diffusion)(model),
            )
        };
        let kind = if !decodes {
            "only reads texts"
        } else if encodes {
            "needs an encoder's input"
        } else if diffuses {
            "writes all of a text at once"
        } else {
            return Ok(());
        };
        Err(EngineError::Kind { path: path.to_path_buf(), kind })
    }

    pub(super) fn context(&self, config: &EngineConfig) -> Result<NonNull<Context>, EngineError> {
        let refused =
            |reason: String| EngineError::Context { slots: config.slots, context: config.context, reason };
        // SAFETY: a function without arguments.
        let mut parameters = unsafe { (self.library.llama_context_default_params)() };
        parameters.n_ctx = config
            .rounded_context()
            .checked_mul(config.sequences())
            .ok_or_else(|| refused("too many tokens".to_owned()))?;
        parameters.n_batch = config.batch();
        parameters.n_ubatch = config.batch();
        parameters.n_seq_max = config.sequences();
        parameters.n_outputs_max = config.sequences().max(SCORED_PIECE as u32);
        parameters.n_threads = 1;
        parameters.n_threads_batch = 1;
        parameters.flash_attn_type = i32::from(config.flash_attention);
        parameters.kv_unified = false;
        let from = log::mark();
        // SAFETY: the model is loaded, and the parameters hold no pointers but null.
        let context = unsafe { (self.library.llama_init_from_model)(self.pointer.as_ptr(), parameters) };
        NonNull::new(context).ok_or_else(|| {
            let said = log::since(from);
            refused(if said.is_empty() { "there is not enough memory".to_owned() } else { said })
        })
    }
}

impl Drop for LoadedModel<'_> {
    fn drop(&mut self) {
        // SAFETY: it came from the library, and nobody else has it.
        unsafe { (self.library.llama_model_free)(self.pointer.as_ptr()) };
    }
}
