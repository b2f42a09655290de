//! Text to tokens, and tokens to bytes.

use super::{Engine, EngineError, Token};

/// Longest text that is made into tokens, in bytes.
pub const LONGEST_TEXT: usize = 16 << 20;

/// Longest piece that a token may stand for, in bytes. The longest of published models have a few hundred.
const LONGEST_PIECE: usize = 1 << 16;

impl Engine {
    /// How many tokens the model knows.
    pub fn vocabulary_size(&self) -> usize {
        self.vocabulary_size
    }

    /// The tokens of a text. With `begin`, the tokens that the model's file puts around every text are added; with
    /// `special`, the names of control tokens, as `<|im_start|>`, become those tokens.
    ///
    /// # Errors
    ///
    /// When the text is longer than [`LONGEST_TEXT`].
    pub fn tokenize(&self, text: &str, begin: bool, special: bool) -> Result<Vec<Token>, EngineError> {
        if text.len() > LONGEST_TEXT {
            return Err(EngineError::Call("a text of more than 16 MiB"));
        }
        let mut tokens = vec![0; text.len() + 4];
        loop {
            // SAFETY: the text and the buffer have the lengths that are given, which fit by the check above.
            let count = unsafe {
                (self.library.llama_tokenize)(
                    self.vocabulary.as_ptr(),
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

    /// The bytes that a token stands for; none for a control token. They need not be whole characters.
    pub fn piece(&self, token: Token) -> Vec<u8> {
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
    pub fn is_end(&self, token: Token) -> bool {
        // SAFETY: the token is one of the vocabulary.
        self.knows(token) && unsafe { (self.library.llama_vocab_is_eog)(self.vocabulary.as_ptr(), token) }
    }

    /// Whether the vocabulary has this token.
    pub(super) fn knows(&self, token: Token) -> bool {
        usize::try_from(token).is_ok_and(|token| token < self.vocabulary_size)
    }
}
