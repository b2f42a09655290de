//! Which tokens a text has, for the repetition penalty.

use super::TokenId;

/// The tokens of a prompt and what followed, each once.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    tokens: Vec<TokenId>,
    bits: Vec<u64>,
}

impl Seen {
    /// The tokens of a text.
    pub fn of(tokens: &[TokenId]) -> Seen {
        let mut seen = Seen::default();
        tokens.iter().for_each(|token| seen.add(*token));
        seen
    }

    /// Adds a token; an invalid one is ignored.
    pub fn add(&mut self, token: TokenId) {
        let Ok(index) = usize::try_from(token) else { return };
        let (word, bit) = (index / 64, 1 << (index % 64));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        if self.bits[word] & bit == 0 {
            self.bits[word] |= bit;
            self.tokens.push(token);
        }
    }

    /// Makes tokens that were seen less likely, each once however often it was seen.
    pub(super) fn penalise(&self, logits: &mut [f32], penalty: f32) {
        for token in &self.tokens {
            if let Some(logit) = logits.get_mut(*token as usize) {
                *logit = if *logit > 0.0 { *logit / penalty } else { *logit * penalty };
            }
        }
    }
}
