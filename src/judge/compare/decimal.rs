//! Decimal numbers of any length, for comparing them exactly.

/// A finite decimal number: the sign, digits, and the power of ten that they are multiplied with. Equal numbers have
/// equal fields, since there are no zeros at either end of the digits, and 0 has no digits and no sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

/// The largest exponent of Python's `decimal`, in magnitude.
const MAX_EXPONENT: i64 = 999_999_999_999_999_999;

impl Decimal {
    /// Reads a number such as `-12`, `.5`, `1.` or `+1.5e-3`.
    pub(super) fn parse(text: &str) -> Option<Decimal> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = [whole, fraction].concat().into_bytes();
        if digits.is_empty()
            || !digits.iter().all(u8::is_ascii_digit)
            || !(-MAX_EXPONENT..=MAX_EXPONENT).contains(&exponent)
        {
            return None;
        }
        let significant = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        let exponent = exponent - fraction.len() as i64 + (digits.len() - significant) as i64;
        digits.truncate(significant);
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..leading);
        let is_zero = digits.is_empty();
        Some(Decimal { negative: negative && !is_zero, digits, exponent: if is_zero { 0 } else { exponent } })
    }

    /// Whether it is an integer.
    pub(super) fn is_integer(&self) -> bool {
        self.exponent >= 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_numbers_are_equal_however_they_are_written() {
        for class in [
            &["1000", "1e3", "+1000.00", "1.e3", "0.1E4", "10e+2", "0001000"][..],
            &["-0.05", "-.05", "-5e-2", "-0.0500"],
            &["0", "-0", "0.0", "0e99", "-.0e-5"],
            &["50000000000000001"],
            &["50000000000000000"],
            &["5e-1"],
            &["1e999999999999999999"],
        ] {
            for text in class {
                assert_eq!(Decimal::parse(text), Decimal::parse(class[0]), "{text}");
            }
        }
        assert_ne!(Decimal::parse("50000000000000001"), Decimal::parse("50000000000000000"));
        assert_ne!(Decimal::parse("1"), Decimal::parse("-1"));
        assert_ne!(Decimal::parse("1"), Decimal::parse("10"));
    }

    #[test]
    fn what_is_no_decimal_number_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "1e5.0",
            "1.2.3",
            "0x1",
            "1 2",
            "--1",
            "inf",
            "nan",
            "1_0",
            "1e1000000000000000000",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn moving_the_point_changes_nothing(digits in "[0-9]{1,20}", fraction in "[0-9]{0,20}", shift in 0usize..20) {
            let plain = format!("{digits}.{fraction}");
            let zeros = "0".repeat(shift);
            let moved = format!("{digits}{fraction}{zeros}e-{}", fraction.len() + shift);
            prop_assert_eq!(Decimal::parse(&plain), Decimal::parse(&moved));
            prop_assert!(Decimal::parse(&plain).is_some());
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,10}") {
            let _ = Decimal::parse(&text);
        }
    }
}
