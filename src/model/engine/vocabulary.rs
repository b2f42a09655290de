//! Text to tokens, and tokens to bytes.

use std::path::Path;
use std::ptr::NonNull;

use super::super::library::Library;
use super::super::library::parameters::Vocabulary;
use super::loading::{LoadedModel, ModelPart, load_model};
use super::{EngineConfig, EngineError, InferenceEngine, TokenId};
use crate::model::device::{CpuCode, DeviceName};
use crate::model::prompt::PromptText;

/// The longest text that is tokenised, in bytes.
pub const LONGEST_TEXT: usize = 16 << 20;

/// The longest text that a token may stand for, in bytes. Published models have at most a few hundred.
const LONGEST_PIECE: usize = 1 << 16;

impl InferenceEngine {
    /// How many tokens the model knows.
    pub fn vocabulary_size(&self) -> usize {
        self.vocabulary_size
    }

    /// The tokens of a prompt.
    ///
    /// # Errors
    ///
    /// When a part of it is longer than [`LONGEST_TEXT`].
    pub fn tokenize(&self, prompt: &PromptText) -> Result<Vec<TokenId>, EngineError> {
        // SAFETY: the vocabulary is that of the loaded model.
        unsafe { prompt_tokens(&self.library, self.vocabulary, prompt) }
    }

    /// The bytes that a token stands for; none for a control token. They may end within a character.
    pub fn piece(&self, token: TokenId) -> Vec<u8> {
        if !self.knows(token) {
            return Vec::new();
        }
        let mut piece = vec![0_u8; 64];
        loop {
            // SAFETY: the token is one of the vocabulary, and the buffer has the length that is given.
            let length = unsafe {
                (self.library.llama_token_to_piece)(
                    self.vocabulary.as_ptr(),
                    token,
                    piece.as_mut_ptr().cast(),
                    piece.len() as i32,
                    0,
                    false,
                )
            };
            if let Ok(length) = usize::try_from(length) {
                piece.truncate(length);
                return piece;
            }
            let needed = length.unsigned_abs() as usize;
            if needed <= piece.len() || needed > LONGEST_PIECE {
                return Vec::new();
            }
            piece.resize(needed, 0);
        }
    }

    /// Whether a completion ends with this token.
    pub fn is_end(&self, token: TokenId) -> bool {
        // SAFETY: the token is one of the vocabulary.
        self.knows(token) && unsafe { (self.library.llama_vocab_is_eog)(self.vocabulary.as_ptr(), token) }
    }

    /// Whether the vocabulary has this token.
    pub(super) fn knows(&self, token: TokenId) -> bool {
        usize::try_from(token).is_ok_and(|token| token < self.vocabulary_size)
    }
}

/// How many tokens each of the prompts has. Only the vocabulary of the model is loaded.
///
/// # Errors
///
/// When the library, the model's file or a prompt is not what it must be.
pub fn count_tokens(library: &Path, model: &Path, prompts: &[PromptText]) -> Result<Vec<u32>, EngineError> {
    let config = EngineConfig {
        library: library.to_path_buf(),
        model: model.to_path_buf(),
        device: DeviceName::Cpu,
        cpu: CpuCode::best(),
        gpu_layers: None,
        slots: 1,
        context: 1,
        flash_attention: true,
        companion: false,
        holder: false,
    };
    crate::files::open_found(model)
        .map_err(|source| EngineError::File { path: model.to_path_buf(), source })?;
    let library = Library::open(library, config.cpu)?;
    let pointer = load_model(&library, &config, None, ModelPart::Vocabulary, &mut |_| {})?;
    let loaded = LoadedModel { library: &library, pointer };
    // SAFETY: the model is loaded until the end of this function.
    let vocabulary = unsafe { (library.llama_model_get_vocab)(loaded.pointer.as_ptr()) }.cast_mut();
    let vocabulary = NonNull::new(vocabulary)
        .ok_or_else(|| EngineError::Kind { path: model.to_path_buf(), kind: "has no vocabulary" })?;
    let count = |prompt: &PromptText| {
        // SAFETY: as above.
        let tokens = unsafe { prompt_tokens(&library, vocabulary, prompt) }?;
        Ok(u32::try_from(tokens.len()).unwrap_or(u32::MAX))
    };
    prompts.iter().map(count).collect()
}

/// The tokens of a prompt: those of each part, and, if it wants them, those that the model's file puts around every
/// text.
///
/// # Safety
///
/// As [`tokens`].
unsafe fn prompt_tokens(
    library: &Library,
    vocabulary: NonNull<Vocabulary>,
    prompt: &PromptText,
) -> Result<Vec<TokenId>, EngineError> {
    let mut all = Vec::new();
    for (number, part) in prompt.parts.iter().enumerate() {
        let begin = prompt.begin && number == 0;
        // SAFETY: as the caller says.
        all.extend(unsafe { tokens(library, vocabulary, &part.text, begin, part.special) }?);
    }
    Ok(all)
}

/// The tokens of a text. With `begin`, the tokens that the model's file puts around every text are added; with
/// `special`, the names of control tokens, as `<|im_start|>`, become those tokens.
///
/// # Safety
///
/// The vocabulary has to be one of the library's that is still loaded.
unsafe fn tokens(
    library: &Library,
    vocabulary: NonNull<Vocabulary>,
    text: &str,
    begin: bool,
    special: bool,
) -> Result<Vec<TokenId>, EngineError> {
    if text.len() > LONGEST_TEXT {
        return Err(EngineError::Call("a text of more than 16 MiB"));
    }
    let mut tokens = vec![0; text.len() + 4];
    loop {
        // SAFETY: the text and the buffer have the lengths that are given, which fit by the check above.
        let count = unsafe {
            (library.llama_tokenize)(
                vocabulary.as_ptr(),
                text.as_ptr().cast(),
                text.len() as i32,
                tokens.as_mut_ptr(),
                tokens.len() as i32,
                begin,
                special,
            )
        };
        if let Ok(count) = usize::try_from(count) {
            tokens.truncate(count);
            return Ok(tokens);
        }
        let needed = count.unsigned_abs() as usize;
        if needed <= tokens.len() || needed > 8 * LONGEST_TEXT {
            return Err(EngineError::Call("a text that has no number of tokens"));
        }
        tokens.resize(needed, 0);
    }
}
