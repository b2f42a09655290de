//! Quantities on the command line and in messages: `30G` of fuel, `512MiB` of memory.

use crate::sandbox::{Bytes, Fuel};

/// Parses an amount of fuel: a number with an optional decimal suffix K, M, G or T.
pub fn parse_fuel(text: &str) -> Result<Fuel, String> {
    let suffixes = [("K", 1_000.0), ("M", 1e6), ("G", 1e9), ("T", 1e12)];
    let amount = parse_quantity(text, &suffixes).ok_or("write a number above 0, as in 500M or 30G")?;
    Ok(Fuel(amount))
}

/// Parses a size: a number with an optional binary suffix KiB, MiB or GiB (K, M, G and KB, MB, GB mean the same).
pub fn parse_bytes(text: &str) -> Result<Bytes, String> {
    let suffixes = [
        ("KiB", 1024.0),
        ("MiB", 1024.0 * 1024.0),
        ("GiB", 1024.0 * 1024.0 * 1024.0),
        ("KB", 1024.0),
        ("MB", 1024.0 * 1024.0),
        ("GB", 1024.0 * 1024.0 * 1024.0),
        ("K", 1024.0),
        ("M", 1024.0 * 1024.0),
        ("G", 1024.0 * 1024.0 * 1024.0),
        ("B", 1.0),
    ];
    let size = parse_quantity(text, &suffixes).ok_or("write a size above 0, as in 256MiB or 2GiB")?;
    Ok(Bytes(size))
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
        assert_eq!(parse_fuel("30G"), Ok(Fuel(30_000_000_000)));
        assert_eq!(parse_fuel("1.5m"), Ok(Fuel(1_500_000)));
        assert_eq!(parse_fuel("18_446_744_073_709_551_615"), Ok(Fuel(u64::MAX)));
        assert_eq!(parse_bytes("512MiB"), Ok(Bytes::mebi(512)));
        assert_eq!(parse_bytes("2 gb"), Ok(Bytes::mebi(2048)));
        assert_eq!(parse_bytes("100"), Ok(Bytes(100)));
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "G", "-1", "0", "0.1", "nan", "1e400", "12X", "é"] {
            assert!(parse_fuel(text).is_err(), "{text}");
            assert!(parse_bytes(text).is_err(), "{text}");
        }
    }
}
