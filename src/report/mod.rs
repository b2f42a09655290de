//! Reports: what people and programs get to see of a run.

pub mod check;
pub mod escape;
pub mod generation;
pub mod group;
pub mod human_eval;
pub mod leaderboard;
pub mod limits;
pub mod publish;
pub mod results;
pub mod sample;
pub mod site;
pub mod standings;
pub mod summary;
pub mod terminal;

/// Makes text from a completion harmless for a terminal: control characters other than newline and tab, and the
/// characters that reorder text, become visible escapes.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => out.push(character),
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                out.extend(character.escape_unicode());
            }
            _ if character.is_control() => out.extend(character.escape_default()),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_could_steer_a_terminal_is_escaped() {
        assert_eq!(printable("a\tb\n"), "a\tb\n");
        assert_eq!(printable("\x1b[2J\u{9b}31m\r"), "\\u{1b}[2J\\u{9b}31m\\r");
        assert_eq!(printable("\u{202e}txt\u{61c}"), "\\u{202e}txt\\u{61c}");
        assert_eq!(printable("naïve 漢字"), "naïve 漢字");
    }
}
