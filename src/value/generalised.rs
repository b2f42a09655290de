//! Generalised UTF-8: UTF-8 that also has surrogates, which Python's texts may hold one by one.

use super::Value;

/// The text that these bytes are.
pub(super) fn text(bytes: Vec<u8>) -> Value {
    String::from_utf8(bytes).map_or_else(|error| Value::SurrogateStr(error.into_bytes()), Value::Str)
}

/// Whether these bytes are a text at all.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut again = Vec::with_capacity(4);
    code_points(bytes).all(|code| {
        again.clear();
        push(code, &mut again);
        rest.strip_prefix(&*again).map(|after| rest = after).is_some()
    })
}

/// The end of a text, cut between characters: at least `count` of them, or all.
pub(super) fn end(bytes: &[u8], count: usize) -> &[u8] {
    let is_start = |byte: u8| byte & 0xc0 != 0x80;
    let mut from = bytes.len().saturating_sub(count.saturating_mul(4));
    while from > 0 && !is_start(bytes[from]) {
        from -= 1;
    }
    &bytes[from..]
}

/// Appends a code point of at most U+10FFFF, which may be a surrogate.
pub(super) fn push(code: u32, bytes: &mut Vec<u8>) {
    match char::from_u32(code) {
        Some(character) => bytes.extend(character.encode_utf8(&mut [0; 4]).bytes()),
        None => bytes.extend([
            0xe0 | (code >> 12) as u8,
            0x80 | (code >> 6 & 0x3f) as u8,
            0x80 | (code & 0x3f) as u8,
        ]),
    }
}

/// The code points of bytes, surrogates among them. Each byte that is no generalised UTF-8 is a U+FFFD.
pub(super) fn code_points(mut bytes: &[u8]) -> impl Iterator<Item = u32> {
    let mut valid = "".chars();
    std::iter::from_fn(move || {
        loop {
            if let Some(character) = valid.next() {
                return Some(u32::from(character));
            }
            match bytes {
                [] => return None,
                [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, rest @ ..] => {
                    bytes = rest;
                    return Some(0xd000 | u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f));
                }
                _ => {}
            }
            let chunk = std::str::from_utf8(bytes).unwrap_or_else(|error| {
                std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
            });
            if chunk.is_empty() {
                bytes = &bytes[1..];
                return Some(u32::from(char::REPLACEMENT_CHARACTER));
            }
            bytes = &bytes[chunk.len()..];
            valid = chunk.chars();
        }
    })
}
