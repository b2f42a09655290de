//! Seals: short digests by which a line, or a file, shows that it is as karat wrote it.
//!
//! ```text
//! run.json, question.json                      their own content
//! completions.jsonl                            a chain: a line's content and the line before
//! verdicts.jsonl                               a line's content, the completion that it is on, and how the run judges
//! scores.json                                  its own content, with the digests of the two files above
//! references.json                              its own content, and how the run judges
//! answers.jsonl, judged.jsonl, errors.jsonl    a chain that begins with question.json
//! ```
//!
//! Verdicts are not chained, since they are reached in any order and put in order at the end: the line of a verdict
//! depends on what was judged, how, and the verdict, and on nothing else. So two machines, one or two threads, and a
//! run that was killed and resumed give the same lines, and whoever puts the parts of a run together can keep them.
//!
//! Seals tell accidents and careless edits: a verdict that was changed, a line that was lost, doubled or moved, files
//! of two runs that were mixed. Someone who computes new seals, as this module does, goes unnoticed; that would take a
//! key.

use std::fmt;

use blake3::Hash;

use super::FORMAT;

/// The last member of a line is its seal, in this many hexadecimal digits: 128 bits of BLAKE3.
const DIGITS: usize = 2 * size_of::<Seal>();

/// What comes before the digits in a line, and after them.
const LINE: (&[u8], &[u8]) = (b",\"seal\":\"", b"\"}");

/// The same in an indented file.
const FILE: (&[u8], &[u8]) = (b",\n  \"seal\": \"", b"\"\n}\n");

/// A short digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seal([u8; 16]);

impl fmt::Display for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl Seal {
    /// The seal that 32 hexadecimal digits stand for.
    pub(super) fn from_hex(digits: &[u8]) -> Option<Seal> {
        let mut bytes = [0; 16];
        if digits.len() != DIGITS {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            // As karat writes them, so that a seal has one form.
            let digit = |digit: u8| (!digit.is_ascii_uppercase()).then(|| char::from(digit).to_digit(16))?;
            *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Some(Seal(bytes))
    }

    fn of(hash: Hash) -> Seal {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_bytes()[..16]);
        Seal(bytes)
    }
}

/// What is wrong with a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SealFault {
    /// There is none.
    Missing,
    /// It is that of something else.
    Other,
}

/// What is wrong with a line that has no seal.
pub(super) const NO_SEAL: &str = "has no seal: it was cut, or written by another program";

/// What is wrong with a line of a chain.
pub(super) fn in_chain(fault: SealFault) -> &'static str {
    match fault {
        SealFault::Missing => NO_SEAL,
        SealFault::Other => {
            "not what was written here: its seal does not fit; it was changed, lost, doubled or moved"
        }
    }
}

/// Makes the seals of one file.
#[derive(Clone, Debug)]
pub(super) struct Sealer {
    key: [u8; 32],
}

impl Sealer {
    /// For a file of that name; its seals hold only where `bound_to` is the same.
    pub(super) fn new(file: &'static str, bound_to: &[u8]) -> Sealer {
        Sealer { key: blake3::derive_key(&format!("karat run directory, format {FORMAT}, {file}"), bound_to) }
    }

    /// The seal of something that follows `before`: what that is, the file's rules say.
    pub(super) fn seal(&self, before: Seal, content: &[u8]) -> Seal {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        Seal::of(hasher.update(&before.0).update(content).finalize())
    }

    /// Puts the seal into a line that is a JSON object with at least one member.
    pub(super) fn close_line(&self, before: Seal, line: &mut Vec<u8>) -> Seal {
        line.pop(); // the brace
        let seal = self.seal(before, line);
        close(line, seal, LINE);
        seal
    }

    /// The seal of a line, if it fits.
    pub(super) fn check_line(&self, before: Seal, line: &[u8]) -> Result<Seal, SealFault> {
        self.check(before, line, LINE)
    }

    /// Puts the seal into the text of a file that is an indented JSON object with at least one member, and ends it.
    pub(super) fn close_file(&self, text: &mut Vec<u8>) -> Seal {
        text.truncate(text.len() - b"\n}".len());
        let seal = self.seal(Seal::default(), text);
        close(text, seal, FILE);
        seal
    }

    /// The seal of such a file, if it fits.
    pub(super) fn check_file(&self, text: &[u8]) -> Result<Seal, SealFault> {
        self.check(Seal::default(), text, FILE)
    }

    fn check(&self, before: Seal, text: &[u8], around: (&[u8], &[u8])) -> Result<Seal, SealFault> {
        let (content, seal) = split(text, around).ok_or(SealFault::Missing)?;
        if self.seal(before, content) == seal { Ok(seal) } else { Err(SealFault::Other) }
    }
}

/// What a line holds, without its seal and the brace at its end; all of it, where there is no seal.
pub(super) fn content_of(line: &[u8]) -> &[u8] {
    split(line, LINE).map_or(line, |(content, _)| content)
}

fn close(text: &mut Vec<u8>, seal: Seal, (before, after): (&[u8], &[u8])) {
    text.extend_from_slice(before);
    text.extend_from_slice(seal.to_string().as_bytes());
    text.extend_from_slice(after);
}

fn split<'a>(text: &'a [u8], (before, after): (&[u8], &[u8])) -> Option<(&'a [u8], Seal)> {
    let rest = text.strip_suffix(after)?;
    let (rest, digits) = rest.split_at_checked(rest.len().checked_sub(DIGITS)?)?;
    Some((rest.strip_suffix(before)?, Seal::from_hex(digits)?))
}

/// The seals of a file whose lines follow one another.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    sealer: Sealer,
    last: Seal,
}

impl Chain {
    /// The chain of a file that is new or about to be read.
    pub(super) fn new(sealer: Sealer) -> Chain {
        Chain { sealer, last: Seal::default() }
    }

    /// The seal of the last line; zeros before the first.
    pub(super) fn last(&self) -> Seal {
        self.last
    }

    /// Puts the seal into the line that comes next, which counts once it is [followed](Self::follow).
    pub(super) fn close_line(&self, line: &mut Vec<u8>) -> Seal {
        self.sealer.close_line(self.last, line)
    }

    /// Goes on behind the line with that seal.
    pub(super) fn follow(&mut self, seal: Seal) {
        self.last = seal;
    }

    /// The seal of a line, if it is the one that comes next.
    pub(super) fn check_line(&self, line: &[u8]) -> Result<Seal, SealFault> {
        self.sealer.check_line(self.last, line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(sealer: &Sealer, before: Seal, line: &str) -> Vec<u8> {
        let mut line = line.as_bytes().to_vec();
        sealer.close_line(before, &mut line);
        line
    }

    #[test]
    fn any_change_of_any_byte_is_told() {
        let sealer = Sealer::new("verdicts.jsonl", b"settings");
        let line = sealed(&sealer, Seal::default(), r#"{"task_id":"T/0","sealed":{"verdict":"passed"}}"#);
        assert!(sealer.check_line(Seal::default(), &line).is_ok());
        assert!(serde_json::from_slice::<serde_json::Value>(&line).unwrap()["seal"].is_string());
        for place in 0..line.len() {
            for bit in 0..8 {
                let mut changed = line.clone();
                changed[place] ^= 1 << bit;
                assert!(sealer.check_line(Seal::default(), &changed).is_err(), "byte {place}, bit {bit}");
            }
            assert!(sealer.check_line(Seal::default(), &line[..place]).is_err(), "cut at {place}");
        }
        let stripped = br#"{"task_id":"T/0","sealed":{"verdict":"passed"}}"#;
        assert_eq!(sealer.check_line(Seal::default(), stripped), Err(SealFault::Missing));
    }

    #[test]
    fn a_seal_holds_for_its_file_what_it_is_bound_to_and_what_it_follows() {
        let sealer = Sealer::new("verdicts.jsonl", b"settings");
        let line = sealed(&sealer, Seal([7; 16]), "{\"a\":1}");
        let others = [
            (Sealer::new("judged.jsonl", b"settings"), Seal([7; 16])),
            (Sealer::new("verdicts.jsonl", b"other"), Seal([7; 16])),
            (sealer, Seal([8; 16])),
        ];
        for (sealer, before) in others {
            assert_eq!(sealer.check_line(before, &line), Err(SealFault::Other));
        }
    }

    #[test]
    fn a_chain_tells_what_was_lost_doubled_and_swapped() {
        let mut chain = Chain::new(Sealer::new("answers.jsonl", b""));
        let lines: Vec<Vec<u8>> = (0..4)
            .map(|number| {
                let mut line = format!("{{\"n\":{number}}}").into_bytes();
                let seal = chain.close_line(&mut line);
                chain.follow(seal);
                line
            })
            .collect();
        let first_fault = |order: &[usize]| {
            let mut chain = Chain::new(Sealer::new("answers.jsonl", b""));
            order.iter().position(|&line| match chain.check_line(&lines[line]) {
                Ok(seal) => {
                    chain.follow(seal);
                    false
                }
                Err(_) => true,
            })
        };
        assert_eq!(first_fault(&[0, 1, 2, 3]), None);
        assert_eq!(first_fault(&[0, 2, 3]), Some(1));
        assert_eq!(first_fault(&[0, 1, 1, 2, 3]), Some(2));
        assert_eq!(first_fault(&[0, 2, 1, 3]), Some(1));
        assert_eq!(first_fault(&[1]), Some(0));
    }

    #[test]
    fn a_file_has_its_seal_as_its_last_member() {
        let sealer = Sealer::new("run.json", b"");
        let mut text = serde_json::to_vec_pretty(&serde_json::json!({"a": [1, 2], "b": 0.1})).unwrap();
        sealer.close_file(&mut text);
        assert!(sealer.check_file(&text).is_ok());
        let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(value.as_object().unwrap().keys().collect::<Vec<_>>(), ["a", "b", "seal"]);
        let changed = String::from_utf8(text).unwrap().replace("0.1", "0.2");
        assert_eq!(sealer.check_file(changed.as_bytes()), Err(SealFault::Other));
        assert_eq!(sealer.check_file(b"{\n  \"a\": 1\n}\n"), Err(SealFault::Missing));
    }

    #[test]
    fn digits_come_back() {
        let seal = Sealer::new("run.json", b"").seal(Seal::default(), b"x");
        assert_eq!(Seal::from_hex(seal.to_string().as_bytes()), Some(seal));
        for other in ["", "00", &"g".repeat(32), &"A".repeat(32), &"0".repeat(33)] {
            assert_eq!(Seal::from_hex(other.as_bytes()), None, "{other}");
        }
    }
}
