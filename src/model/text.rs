//! From the bytes of tokens, as they come, to the text of a completion.
//!
//! A token may end within a character, and a stop string can span tokens or end within one.

use serde::{Deserialize, Serialize};

/// The most bytes of a completion; it ends there.
pub const LONGEST_COMPLETION: usize = 4 << 20;
/// The most stop strings of a request.
pub const MOST_STOPS: usize = 64;
/// The longest stop string, in bytes.
pub const LONGEST_STOP: usize = 1024;

/// The texts that end a completion early.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Stops(Vec<String>);

/// Why texts can not be stop strings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StopsError {
    /// There are too many.
    #[error("{0} stop strings; give at most {MOST_STOPS}")]
    TooMany(usize),
    /// One is empty or too long.
    #[error("a stop string of {0} bytes; give 1 to {LONGEST_STOP}")]
    Length(usize),
}

impl TryFrom<Vec<String>> for Stops {
    type Error = StopsError;

    fn try_from(stops: Vec<String>) -> Result<Stops, StopsError> {
        if stops.len() > MOST_STOPS {
            return Err(StopsError::TooMany(stops.len()));
        }
        match stops.iter().find(|stop| !(1..=LONGEST_STOP).contains(&stop.len())) {
            Some(stop) => Err(StopsError::Length(stop.len())),
            None => Ok(Stops(stops)),
        }
    }
}

impl From<Stops> for Vec<String> {
    fn from(stops: Stops) -> Vec<String> {
        stops.0
    }
}

/// Whether a text can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// It does.
    Goes,
    /// A stop string came; it and everything behind it are removed.
    Stopped,
    /// There is no room for more.
    Full,
}

/// A text that grows by tokens.
#[derive(Clone, Debug, Default)]
pub struct GrowingText {
    bytes: Vec<u8>,
}

impl GrowingText {
    /// Adds a token's bytes. The stop string that ends first counts, and of those that end at the same place the
    /// longest, so that it does not matter how a text is divided into tokens.
    pub fn push(&mut self, piece: &[u8], stops: &Stops) -> Growth {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(piece);
        if !stops.0.is_empty() {
            for end in before + 1..=self.bytes.len() {
                let so_far = &self.bytes[..end];
                let ending = stops.0.iter().filter(|stop| so_far.ends_with(stop.as_bytes()));
                if let Some(stop) = ending.max_by_key(|stop| stop.len()) {
                    self.bytes.truncate(end - stop.len());
                    return Growth::Stopped;
                }
            }
        }
        if self.bytes.len() > LONGEST_COMPLETION {
            self.bytes.truncate(LONGEST_COMPLETION);
            return Growth::Full;
        }
        Growth::Goes
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The text. An incomplete character at its end is left out; other bytes that are no UTF-8 become U+FFFD.
    pub fn into_text(mut self) -> String {
        self.bytes.truncate(self.bytes.len() - incomplete(&self.bytes));
        String::from_utf8(self.bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

/// How many bytes at the end are the start of a character.
fn incomplete(bytes: &[u8]) -> usize {
    let last = &bytes[bytes.len().saturating_sub(3)..];
    for count in 1..=last.len() {
        let start = &last[last.len() - count..];
        if start[0] & 0xc0 != 0x80 {
            let error = std::str::from_utf8(start).err();
            return if error.is_some_and(|error| error.error_len().is_none()) { count } else { 0 };
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stops(stops: &[&str]) -> Stops {
        Stops::try_from(stops.iter().map(|stop| (*stop).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    fn grown(pieces: &[&[u8]], stops: &Stops) -> (String, Growth) {
        let mut text = GrowingText::default();
        let growth =
            pieces.iter().map(|piece| text.push(piece, stops)).find(|growth| *growth != Growth::Goes);
        (text.into_text(), growth.unwrap_or(Growth::Goes))
    }

    #[test]
    fn a_stop_string_may_span_tokens() {
        let stops = stops(&["\nclass", "```", "\n#"]);
        assert_eq!(grown(&[b"a\ncl", b"as", b"sic"], &stops), ("a".to_owned(), Growth::Stopped));
        assert_eq!(grown(&[b"x``", b"`python"], &stops), ("x".to_owned(), Growth::Stopped));
        assert_eq!(grown(&[b"x``", b" `"], &stops), ("x`` `".to_owned(), Growth::Goes));
        assert_eq!(grown(&[b"one\n# two```"], &stops), ("one".to_owned(), Growth::Stopped));
        assert_eq!(grown(&[b"```"], &stops), (String::new(), Growth::Stopped));
    }

    #[test]
    fn an_incomplete_character_at_the_end_is_left_out() {
        let none = Stops::default();
        assert_eq!(grown(&["a漢".as_bytes()], &none).0, "a漢");
        assert_eq!(grown(&["a漢".as_bytes(), b"\xf0\x9f\x92"], &none).0, "a漢");
        assert_eq!(grown(&[b"a\xe6", b"\xbc", b"\xa2b"], &none).0, "a漢b");
        assert_eq!(grown(&[b"a\xe6\xbcz"], &none).0, "a\u{fffd}z");
        assert_eq!(grown(&[b"a\xff"], &none).0, "a\u{fffd}");
        assert_eq!(grown(&[b"\x80\x80\x80\x80"], &none).0, "\u{fffd}\u{fffd}\u{fffd}\u{fffd}");
    }

    #[test]
    fn a_text_has_an_end() {
        let mut text = GrowingText::default();
        let piece = vec![b'x'; 1 << 20];
        let growths: Vec<Growth> = (0..5).map(|_| text.push(&piece, &Stops::default())).collect();
        assert_eq!(growths[3..], [Growth::Goes, Growth::Full]);
        assert_eq!(text.len(), LONGEST_COMPLETION);
        assert!(Stops::try_from(vec![String::new()]).is_err());
        assert!(Stops::try_from(vec!["x".repeat(LONGEST_STOP + 1)]).is_err());
        assert!(Stops::try_from(vec!["x".to_owned(); MOST_STOPS + 1]).is_err());
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_a_text_is_divided(
            text in "[ab漢]{0,24}",
            stop in proptest::collection::vec("[ab漢]{1,4}", 0..4),
            cuts in proptest::collection::vec(0_usize..80, 0..10),
        ) {
            let stops = Stops::try_from(stop).unwrap();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &text.as_bytes()[pair[0]..pair[1]]).collect();
            let whole = grown(&[text.as_bytes()], &stops);
            prop_assert_eq!(grown(&pieces, &stops), whole);
        }

        #[test]
        fn any_bytes_are_a_text(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 0..9)) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let (text, _) = grown(&pieces, &Stops::default());
            let lossy = String::from_utf8_lossy(&pieces.concat()).into_owned();
            prop_assert!(lossy.starts_with(&text) && lossy.chars().count() <= text.chars().count() + 1);
        }
    }
}
