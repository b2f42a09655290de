//! Integers of any size: between the digits to the base 2¹⁵ that cross between cells and `num-bigint`, which
//! calculates.

use num_bigint::{BigUint, Sign};
use num_traits::ToPrimitive;

use super::{BigInt, Value};

const BITS_A_DIGIT: usize = 15;
const BITS_A_HEX_DIGIT: usize = 4;

/// The most decimal digits that CPython converts from or to text (`sys.get_int_max_str_digits()`), since the time it
/// takes is more than linear. Longer integers are read and written in hexadecimal.
pub const MAX_DECIMAL_DIGITS: usize = 4_300;

impl From<num_bigint::BigInt> for Value {
    /// An [`Value::Int`] if it fits, else a [`Value::BigInt`].
    fn from(integer: num_bigint::BigInt) -> Value {
        if let Some(small) = integer.to_i64() {
            return Value::Int(small);
        }
        let (sign, words) = integer.to_u32_digits();
        let digits = regroup(words, u32::BITS as usize, BITS_A_DIGIT)
            .into_iter()
            .map(|digit| digit as u16) // at most 15 bits
            .collect();
        Value::BigInt(BigInt { negative: sign == Sign::Minus, digits })
    }
}

impl From<&BigInt> for num_bigint::BigInt {
    fn from(integer: &BigInt) -> num_bigint::BigInt {
        let digits = integer.digits.iter().map(|digit| u32::from(*digit));
        let words = regroup(digits, BITS_A_DIGIT, u32::BITS as usize);
        let sign = if integer.negative { Sign::Minus } else { Sign::Plus };
        num_bigint::BigInt::from_biguint(sign, BigUint::new(words))
    }
}

/// Cuts the bits of digits, the least significant digit first, into digits of another width; none at the end is 0.
fn regroup(digits: impl IntoIterator<Item = u32>, from_bits: usize, to_bits: usize) -> Vec<u32> {
    let mask = (1u64 << to_bits) - 1;
    let mut regrouped = Vec::new();
    let mut held = 0u64;
    let mut held_bits = 0;
    for digit in digits {
        held |= u64::from(digit) << held_bits;
        held_bits += from_bits;
        while held_bits >= to_bits {
            regrouped.push((held & mask) as u32);
            held >>= to_bits;
            held_bits -= to_bits;
        }
    }
    if held > 0 {
        regrouped.push(held as u32);
    }
    while regrouped.last() == Some(&0) {
        regrouped.pop();
    }
    regrouped
}

/// The integer in decimal; nothing if it has more digits than CPython would write.
pub(super) fn decimal(integer: &BigInt) -> Option<String> {
    // A decimal digit is worth less than 4 bits, so this many bits are surely too many digits.
    if bits(integer) > 4 * MAX_DECIMAL_DIGITS {
        return None;
    }
    let decimal = num_bigint::BigInt::from(integer).to_string();
    (decimal.trim_start_matches('-').len() <= MAX_DECIMAL_DIGITS).then_some(decimal)
}

/// The hexadecimal digits, the most significant first.
pub(super) fn hexadecimal(integer: &BigInt) -> impl DoubleEndedIterator<Item = char> {
    let bit = |place: usize| {
        let digit = integer.digits.get(place / BITS_A_DIGIT).copied().unwrap_or(0);
        u32::from(digit >> (place % BITS_A_DIGIT) & 1)
    };
    let digit = move |place: usize| {
        (0..BITS_A_HEX_DIGIT)
            .rev()
            .fold(0, |digit, offset| digit << 1 | bit(place * BITS_A_HEX_DIGIT + offset))
    };
    (0..hexadecimal_length(integer)).rev().map(move |place| char::from_digit(digit(place), 16).unwrap_or('0'))
}

/// How many hexadecimal digits the integer has.
pub(super) fn hexadecimal_length(integer: &BigInt) -> usize {
    bits(integer).div_ceil(BITS_A_HEX_DIGIT)
}

/// How many bits the integer has, its sign aside.
fn bits(integer: &BigInt) -> usize {
    match integer.digits.split_last() {
        None => 0,
        Some((last, others)) => others.len() * BITS_A_DIGIT + (u16::BITS - last.leading_zeros()) as usize,
    }
}

#[cfg(test)]
mod tests {
    use num_traits::Pow;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn integers_that_fit_are_not_big() {
        for small in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(Value::from(num_bigint::BigInt::from(small)), Value::Int(small));
        }
        let beyond = num_bigint::BigInt::from(i64::MAX) + 1;
        assert_eq!(
            Value::from(beyond),
            Value::BigInt(BigInt { negative: false, digits: vec![0, 0, 0, 0, 1 << 3] })
        );
    }

    #[test]
    fn beyond_the_digits_that_python_writes_it_is_hexadecimal() {
        let text = |integer: num_bigint::BigInt| Value::from(integer).repr();
        let limit = num_bigint::BigInt::from(10).pow(4_300u32);
        assert_eq!(text(limit.clone() - 1), "9".repeat(4_300));
        assert_eq!(text(1 - limit.clone()), format!("-{}", "9".repeat(4_300)));
        assert_eq!(text(-limit.clone()), format!("-0x{limit:x}"));
        assert_eq!(text(num_bigint::BigInt::from(1) << 200_000), format!("0x1{}", "0".repeat(50_000)));
    }

    proptest! {
        #[test]
        fn both_ways_lead_back(bytes in prop::collection::vec(any::<u8>(), 0..60), negative in any::<bool>()) {
            let sign = if negative { Sign::Minus } else { Sign::Plus };
            let integer = num_bigint::BigInt::from_biguint(sign, BigUint::from_bytes_le(&bytes));
            match Value::from(integer.clone()) {
                Value::BigInt(big) => {
                    prop_assert!(big.digits.iter().all(|digit| *digit < 1 << 15));
                    prop_assert_ne!(big.digits.last(), Some(&0));
                    let magnitude = BigUint::from_bytes_le(&bytes);
                    prop_assert_eq!(hexadecimal(&big).collect::<String>(), format!("{magnitude:x}"));
                    prop_assert_eq!(bits(&big) as u64, magnitude.bits());
                    prop_assert_eq!(num_bigint::BigInt::from(&big), integer);
                }
                Value::Int(small) => prop_assert_eq!(num_bigint::BigInt::from(small), integer),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
