//! Numbers for people.

/// A share as a percentage with one decimal, `64.2%`.
pub(super) fn percent(share: f64) -> String {
    format!("{}%", points(share))
}

/// A share in percentage points with one decimal, `64.2`.
pub(super) fn points(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    if text == "-0.0" { "0.0".to_owned() } else { text.replace('-', "−") }
}

/// A difference of shares in percentage points, with its sign, `+3.2`.
pub(super) fn difference(share: f64) -> String {
    let text = points(share);
    if text.starts_with('−') || text == "0.0" { text } else { format!("+{text}") }
}

/// An interval of shares, `58.1–70.0`.
pub(super) fn interval(low: f64, high: f64) -> String {
    format!("{}–{}", points(low), points(high))
}

/// An interval of differences, `−1.2 to +3.0`.
pub(super) fn difference_interval(low: f64, high: f64) -> String {
    format!("{} to {}", difference(low), difference(high))
}

/// US dollars with two decimals, or two significant digits where they are less than ten cents.
pub fn dollars(amount: f64) -> String {
    if amount == 0.0 || amount.abs() >= 0.1 {
        let text = format!("{amount:.2}");
        let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
        return match whole.parse::<u64>() {
            Ok(whole) => format!("${}.{cents}", count(whole)),
            Err(_) => format!("${text}"),
        };
    }
    let digits = (-libm::log10(amount.abs()).floor()) as usize + 1;
    format!("${amount:.*}", digits.min(12))
}

/// A whole number with its thousands apart, `1,234,567`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A large number in three digits or so, `1.23M`.
pub(super) fn short_count(number: u64) -> String {
    let scaled = |unit: f64, name: &str| {
        let value = number as f64 / unit;
        let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
        format!("{value:.decimals$}{name}")
    };
    match number {
        0..10_000 => count(number),
        10_000..1_000_000 => scaled(1e3, "k"),
        1_000_000..1_000_000_000 => scaled(1e6, "M"),
        _ => scaled(1e9, "G"),
    }
}

/// The letters of a place in a list, from 0: A to Z, then AA, AB and so on.
pub fn letters(place: usize) -> String {
    let letter = char::from(b'A' + (place % 26) as u8);
    if place < 26 { letter.to_string() } else { format!("{}{letter}", letters(place / 26 - 1)) }
}

/// A ratio, `1.25×`.
pub(super) fn ratio(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}×")
    } else if value >= 10.0 {
        format!("{value:.1}×")
    } else {
        format!("{value:.2}×")
    }
}

/// A p-value: to three decimals, and never a zero.
pub(super) fn p_value(value: f64) -> String {
    if value < 0.001 { "<0.001".to_owned() } else { format!("{value:.3}") }
}

/// How many of something there are, `1 problem`, `3 problems`.
pub fn plural(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// At most `limit` characters of a text.
pub fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

/// At most `limit` characters of a name: names of models differ at both ends, so what is left out is in the middle.
pub(super) fn shorten_name(name: &str, limit: usize) -> String {
    let length = name.chars().count();
    if length <= limit {
        return name.to_owned();
    }
    let end = limit.saturating_sub(1) / 2;
    let start = limit.saturating_sub(1) - end;
    let (first, last) = (name.chars().take(start), name.chars().skip(length - end));
    first.chain(['…']).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!((percent(0.6417), percent(1.0)), ("64.2%".into(), "100.0%".into()));
        assert_eq!((difference(0.032), difference(-0.032)), ("+3.2".into(), "−3.2".into()));
        assert_eq!((difference(0.0), difference(-0.0001)), ("0.0".into(), "0.0".into()));
        assert_eq!(
            (dollars(1234.5), dollars(0.0), dollars(0.00123)),
            ("$1,234.50".into(), "$0.00".into(), "$0.0012".into())
        );
        assert_eq!((count(0), count(999), count(1_234_567)), ("0".into(), "999".into(), "1,234,567".into()));
        assert_eq!(
            (short_count(9_999), short_count(12_340), short_count(1_234_567)),
            ("9,999".into(), "12.3k".into(), "1.23M".into())
        );
        assert_eq!((p_value(0.0), p_value(0.0494)), ("<0.001".into(), "0.049".into()));
        assert_eq!([0, 25, 26, 27, 701, 702].map(letters), ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
        assert_eq!((ratio(0.5), ratio(123.4)), ("0.50×".into(), "123×".into()));
        assert_eq!(shorten("漢字漢字", 3), "漢字…");
        assert_eq!(shorten_name("vllm:Qwen/Qwen2.5-Coder-7B", 12), "vllm:Q…er-7B");
        assert_eq!((shorten_name("漢字", 2), shorten_name("漢字漢", 2)), ("漢字".into(), "漢…".into()));
    }
}
