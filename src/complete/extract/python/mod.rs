//! As much of Python as it takes to tell code from prose and one definition from the next: lines, tokens, and the
//! statements at the left margin. Nothing is parsed, so that answers which are not quite Python are read as well.

mod lines;
mod outline;
mod prose;

pub use lines::{Line, Role, Scanner, Token, lines};
pub use outline::{Chunk, Kind, outline};
pub use prose::{is_prose, is_strong};

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Whether a word is reserved.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}
