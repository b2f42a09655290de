//! Powers of e, and their sums, with the same bits everywhere.
//!
//! The last bits of the system's `exp` differ between libraries, and a compiler may not reorder a sum of floats, so
//! these loops are written in lanes, which processors with vectors compute together and others one by one, with the
//! same result. IEEE 754 defines each operation exactly; Rust fuses none.

/// How many weights are summed together.
pub const WEIGHTS_BLOCK: usize = 256;

/// How many sums a block consists of.
const LANES: usize = 8;

/// 1 / ln 2.
const PER_LN_2: f32 = std::f32::consts::LOG2_E;
/// The first bits of ln 2, so few that their product with a small whole number is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
/// The rest of ln 2.
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// Adding and subtracting it rounds to a whole number.
const ROUNDER: f32 = 12_582_912.0;
/// Below this, powers are taken as 0: a float could not hold them with full precision.
const LEAST: f32 = -87.0;

/// e to the power of `x`, for `x` up to 0, with an error of less than 2 units in the last place. What is smaller than
/// e^-87 is 0.
#[inline]
pub fn exp(x: f32) -> f32 {
    let inside = if x > LEAST { x } else { LEAST };
    // x = n ln 2 + r, and e^x = 2^n e^r.
    let rounded = inside * PER_LN_2 + ROUNDER;
    let whole = rounded - ROUNDER;
    let r = inside - whole * LN_2_HIGH - whole * LN_2_LOW;
    // Taylor's terms, the last small enough for |r| up to ln 2 / 2.
    let p = 1.0 / 5040.0;
    let p = p * r + 1.0 / 720.0;
    let p = p * r + 1.0 / 120.0;
    let p = p * r + 1.0 / 24.0;
    let p = p * r + 1.0 / 6.0;
    let p = p * r + 0.5;
    let p = p * (r * r) + r + 1.0;
    // The lowest bits of `rounded` are n, from -126 to 0.
    let power = f32::from_bits(rounded.to_bits().wrapping_add(127) << 23);
    if x > LEAST { p * power } else { 0.0 }
}

/// The weight of each logit: e to the power of its distance to the largest, times `scale`. The buffer is filled up with
/// zeros to whole blocks.
pub fn weights(logits: &[f32], largest: f32, scale: f32, buffer: &mut Vec<f32>) {
    buffer.clear();
    buffer.resize(logits.len().next_multiple_of(WEIGHTS_BLOCK), 0.0);
    for (weight, logit) in buffer.iter_mut().zip(logits) {
        *weight = exp((logit - largest) * scale);
    }
}

/// The sum of each block of weights.
pub fn block_sums(weights: &[f32], sums: &mut Vec<f64>) {
    sums.clear();
    sums.extend(weights.as_chunks::<WEIGHTS_BLOCK>().0.iter().map(|block| {
        let mut lanes = [0.0_f64; LANES];
        for group in block.as_chunks::<LANES>().0 {
            for lane in 0..LANES {
                lanes[lane] += f64::from(group[lane]);
            }
        }
        lanes.iter().sum::<f64>()
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_close_to_the_true_ones() {
        let mut worst = 0.0_f64;
        let mut x = 0.0_f32;
        while x > LEAST {
            let truth = libm::exp(f64::from(x));
            worst = worst.max((f64::from(exp(x)) / truth - 1.0).abs());
            x -= 0.000_37;
        }
        assert!(worst < 2.0 * f64::from(f32::EPSILON), "{worst}");
        assert_eq!(exp(0.0), 1.0);
        assert_eq!((exp(-87.0), exp(-1e30), exp(f32::NEG_INFINITY)), (0.0, 0.0, 0.0));
        assert!(exp(-86.9) > 0.0);
    }

    /// The bits that every machine must give.
    #[test]
    fn the_bits_are_fixed() {
        let mut buffer = Vec::new();
        let mut sums = Vec::new();
        let logits: Vec<f32> = (0..1000).map(|number| ((number * 7919) % 1000) as f32 * -0.037).collect();
        weights(&logits, 0.0, 0.7, &mut buffer);
        block_sums(&buffer, &mut sums);
        let mut hash = blake3::Hasher::new();
        for weight in &buffer {
            hash.update(&weight.to_bits().to_le_bytes());
        }
        for sum in &sums {
            hash.update(&sum.to_bits().to_le_bytes());
        }
        assert_eq!(hash.finalize().to_hex()[..16], *"d7c06d518bf751ca");
    }
}
