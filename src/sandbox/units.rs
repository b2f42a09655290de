//! What limits are measured in, and how people write it: `30G` of fuel, `512MiB` of memory.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount of fuel: about one unit for every WebAssembly instruction. The same program on the same input burns the
/// same fuel on every run and every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fuel(pub u64);

impl Fuel {
    /// This many times as much: for a limit in seconds, given what a second is worth.
    pub fn times(self, factor: f64) -> Fuel {
        Fuel((factor * self.0 as f64) as u64) // saturates, and NaN is 0
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    /// This many mebibytes.
    pub const fn mebi(count: u64) -> Bytes {
        Bytes(count << 20)
    }

    /// As a size in memory; larger numbers become the largest size.
    pub fn as_size(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl From<usize> for Bytes {
    fn from(size: usize) -> Bytes {
        Bytes(size as u64)
    }
}

/// A text is not a quantity of the kind that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not an amount of fuel.
    #[error("write a number above 0, as in 500M or 30G")]
    Fuel,
    /// Not a number of bytes.
    #[error("write a size above 0, as in 256MiB or 2GiB")]
    Bytes,
}

impl FromStr for Fuel {
    type Err = QuantityError;

    /// Reads a number with an optional decimal suffix K, M, G or T.
    fn from_str(text: &str) -> Result<Fuel, QuantityError> {
        let suffixes = [("K", 1_000.0), ("M", 1e6), ("G", 1e9), ("T", 1e12)];
        parse_quantity(text, &suffixes).map(Fuel).ok_or(QuantityError::Fuel)
    }
}

impl FromStr for Bytes {
    type Err = QuantityError;

    /// Reads a number with an optional binary suffix KiB, MiB or GiB (K, M, G and KB, MB, GB mean the same).
    fn from_str(text: &str) -> Result<Bytes, QuantityError> {
        const KIBI: f64 = 1024.0;
        let suffixes = [
            ("KiB", KIBI),
            ("MiB", KIBI * KIBI),
            ("GiB", KIBI * KIBI * KIBI),
            ("KB", KIBI),
            ("MB", KIBI * KIBI),
            ("GB", KIBI * KIBI * KIBI),
            ("K", KIBI),
            ("M", KIBI * KIBI),
            ("G", KIBI * KIBI * KIBI),
            ("B", 1.0),
        ];
        parse_quantity(text, &suffixes).map(Bytes).ok_or(QuantityError::Bytes)
    }
}

fn parse_quantity(text: &str, suffixes: &[(&str, f64)]) -> Option<u64> {
    let text = text.trim();
    let ends_with = |suffix: &str| {
        text.len() > suffix.len()
            && text.get(text.len() - suffix.len()..).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    };
    let (number, factor) = suffixes
        .iter()
        .find(|(suffix, _)| ends_with(suffix))
        .map_or((text, 1.0), |(suffix, factor)| (&text[..text.len() - suffix.len()], *factor));
    if let (Ok(whole), true) = (number.replace('_', "").parse::<u64>(), factor == 1.0) {
        return (whole > 0).then_some(whole);
    }
    let amount = number.trim().replace('_', "").parse::<f64>().ok()? * factor;
    (amount >= 1.0 && amount < u64::MAX as f64).then_some(amount as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_with_and_without_suffix() {
        assert_eq!("30G".parse(), Ok(Fuel(30_000_000_000)));
        assert_eq!("1.5m".parse(), Ok(Fuel(1_500_000)));
        assert_eq!("18_446_744_073_709_551_615".parse(), Ok(Fuel(u64::MAX)));
        assert_eq!("512MiB".parse(), Ok(Bytes::mebi(512)));
        assert_eq!("2 gb".parse(), Ok(Bytes::mebi(2048)));
        assert_eq!("100".parse(), Ok(Bytes(100)));
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "G", "-1", "0", "0.1", "nan", "1e400", "12X", "é"] {
            assert_eq!(text.parse::<Fuel>(), Err(QuantityError::Fuel), "{text}");
            assert_eq!(text.parse::<Bytes>(), Err(QuantityError::Bytes), "{text}");
        }
    }
}
