//! Words: which are reserved, which can name something, and what they are made of.

/// The words that are reserved everywhere.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// The keywords that begin the header of a compound statement.
const BLOCKS: [&str; 12] =
    ["if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class", "async"];

/// Whether a word is reserved.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Whether a word begins a statement with a block.
pub(crate) fn begins_block(word: &str) -> bool {
    BLOCKS.contains(&word)
}

/// Whether Python would take a text for a name.
pub(crate) fn is_identifier(text: &str) -> bool {
    text.starts_with(begins_word) && text.chars().all(is_word_part) && !is_keyword(text)
}

/// Whether a name or keyword can begin with a character.
pub(crate) fn begins_word(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

/// Whether a character can be part of a name or keyword.
pub(crate) fn is_word_part(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// The length in bytes of the word that a text begins with; 0 if it begins with none.
pub(crate) fn word_length(text: &str) -> usize {
    text.find(|character| !is_word_part(character)).unwrap_or(text.len())
}

/// Whether a word in front of a quote says what sort of string follows, as `rb` does.
pub(super) fn is_string_prefix(word: &str) -> bool {
    word.len() <= 2 && word.bytes().all(|byte| b"rbfutRBFUT".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_name_something() {
        for name in ["f", "_", "_1", "Été", "match", "a²"] {
            assert!(is_identifier(name), "{name}");
        }
        for other in ["", "1f", "²", "f x", "f.g", "def", "None", " f"] {
            assert!(!is_identifier(other), "{other}");
        }
    }

    #[test]
    fn the_words_before_blocks_are_keywords() {
        assert!(KEYWORDS.is_sorted() && BLOCKS.into_iter().all(is_keyword));
    }
}
