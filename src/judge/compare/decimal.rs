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

    /// Whether binary64 tells it from all other numbers of as few digits.
    pub(super) fn fits_binary64(&self) -> bool {
        self.digits.len() <= f64::DIGITS as usize
    }

    /// How far two numbers lie apart, to the last place of binary64. Different numbers lie apart, however long they
    /// are; linear in their digits, whatever the exponents.
    pub(super) fn distance(&self, other: &Decimal) -> f64 {
        // Where the leading digits stand, from the decimal point.
        let (top, other_top) = (self.top(), other.top());
        if self.negative != other.negative || self.digits.is_empty() || other.digits.is_empty() {
            return self.magnitude() + other.magnitude();
        }
        if top.abs_diff(other_top) > NEGLIGIBLE {
            return self.magnitude().max(other.magnitude());
        }
        let (top, bottom) = (top.max(other_top), self.exponent.min(other.exponent));
        let (one, other) = (self.between(top, bottom), other.between(top, bottom));
        let (larger, smaller) = if one >= other { (one, other) } else { (other, one) };
        let mut difference = larger;
        let mut borrow = 0;
        for (digit, subtracted) in difference.iter_mut().zip(smaller).rev() {
            let below = subtracted + borrow;
            borrow = u8::from(*digit < below);
            *digit = *digit + 10 * borrow - below;
        }
        let leading = difference.iter().take_while(|digit| **digit == 0).count();
        to_binary64(difference[leading..].iter().map(|digit| digit + b'0'), top - leading as i64)
    }

    /// The place of the leading digit: 1 for units, 2 for tens, 0 for tenths.
    fn top(&self) -> i64 {
        self.exponent + self.digits.len() as i64
    }

    /// The number without its sign in binary64.
    fn magnitude(&self) -> f64 {
        to_binary64(self.digits.iter().copied(), self.top())
    }

    /// The digits as numbers from place `top` down to the power of ten `bottom`, filled up by zeros.
    fn between(&self, top: i64, bottom: i64) -> Vec<u8> {
        let before = (top - self.top()) as usize;
        let mut digits = vec![0; (top - bottom) as usize];
        for (to, digit) in digits[before..].iter_mut().zip(&self.digits) {
            *to = digit - b'0';
        }
        digits
    }
}

/// Numbers whose leading digits stand farther apart than this many places do not change each other in binary64.
const NEGLIGIBLE: u64 = 40;

/// The number with these digits behind the decimal point, times ten to the power of `top`.
fn to_binary64(digits: impl Iterator<Item = u8>, top: i64) -> f64 {
    const ENOUGH: usize = 25;
    let digits: String = digits.take(ENOUGH).map(char::from).collect();
    format!("0.{digits}0e{top}").parse().unwrap_or(f64::INFINITY)
}

/// Whether a token is what Python reads as an infinite number, and then whether it is below 0.
pub(super) fn infinity(token: &str) -> Option<bool> {
    let name = token.strip_prefix(['-', '+']).unwrap_or(token);
    let is_infinity = ["inf", "infinity"].iter().any(|infinity| name.eq_ignore_ascii_case(infinity));
    is_infinity.then_some(token.starts_with('-'))
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

    #[test]
    fn distances_are_exact_however_long_the_numbers() {
        let long = |digit: &str| format!("1{}{digit}", "0".repeat(3_000));
        for (one, other, distance) in [
            ("50000000000000001", "50000000000000000", 1.0),
            ("50000000000000001", "50000000000000000.5", 0.5),
            ("100000000000000000000", "99999999999999999999.75", 0.25),
            ("1e30", "999999999999999999999999999999", 1.0),
            ("-1", "1", 2.0),
            ("-3", "-5", 2.0),
            ("0", "-2.5", 2.5),
            ("0", "0", 0.0),
            ("7", "7.0", 0.0),
            ("1e-400", "0", 0.0),
            ("1e300", "1e-300", 1e300),
            ("1e400", "1", f64::INFINITY),
            ("1e999999999999999999", "1e-999999999999999999", f64::INFINITY),
            ("1e-999999999999999999", "2e-999999999999999999", 0.0),
            (&long("3"), &long("1"), 2.0),
            (&long("3"), &"9".repeat(3_001), 4.0),
        ] {
            let (one, other) = (Decimal::parse(one).unwrap(), Decimal::parse(other).unwrap());
            assert_eq!(one.distance(&other), distance, "{one:?} {other:?}");
            assert_eq!(other.distance(&one), distance, "{other:?} {one:?}");
        }
    }

    #[test]
    fn infinities_are_told_by_name_and_sign() {
        for (token, negative) in [("inf", false), ("-Inf", true), ("+infinity", false), ("-INFINITY", true)] {
            assert_eq!(infinity(token), Some(negative), "{token}");
        }
        for token in ["", "in", "nan", "--inf", "1e999", "infinite"] {
            assert_eq!(infinity(token), None, "{token}");
        }
    }

    proptest! {
        #[test]
        fn distances_of_short_numbers_are_those_of_integers(one in -10i64.pow(14)..10i64.pow(14), other in any::<i32>(), places in 0i32..6) {
            let decimal = |mantissa: i64| Decimal::parse(&format!("{mantissa}e-{places}")).unwrap();
            let expected: f64 = format!("{}e-{places}", (one - i64::from(other)).abs()).parse().unwrap();
            let distance = decimal(one).distance(&decimal(other.into()));
            prop_assert!((distance - expected).abs() <= expected * f64::EPSILON, "{} {}", distance, expected);
            prop_assert!(decimal(one).fits_binary64());
        }

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
