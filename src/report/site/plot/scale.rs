//! From numbers to positions.

/// A linear or logarithmic axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    logarithmic: bool,
}

impl Scale {
    /// `low` is at the position `from` and `high` at `to`.
    pub(super) fn linear((low, high): (f64, f64), (from, to): (f64, f64)) -> Scale {
        Scale { low, high, from, to, logarithmic: false }
    }

    /// The same, logarithmic. Both ends are positive.
    pub(super) fn logarithmic((low, high): (f64, f64), (from, to): (f64, f64)) -> Scale {
        Scale { low: libm::log(low), high: libm::log(high), from, to, logarithmic: true }
    }

    /// The position of a value; one beyond the ends is put at the end.
    pub(super) fn at(&self, value: f64) -> f64 {
        let value = if self.logarithmic { libm::log(value) } else { value };
        let width = self.high - self.low;
        let share = if width > 0.0 { ((value - self.low) / width).clamp(0.0, 1.0) } else { 0.5 };
        self.from + share * (self.to - self.from)
    }
}

/// The part of 0 to 1 in steps of a tenth that holds all values, and at least two of the steps.
pub(super) fn share_range(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        low = low.min(value);
        high = high.max(value);
    }
    if low > high {
        return (0.0, 1.0);
    }
    let mut low_tenth = (low * 10.0 + 1e-9).floor().clamp(0.0, 10.0);
    let mut high_tenth = (high * 10.0 - 1e-9).ceil().clamp(0.0, 10.0);
    while high_tenth - low_tenth < 2.0 {
        if high_tenth < 10.0 {
            high_tenth += 1.0;
        } else {
            low_tenth -= 1.0;
        }
    }
    (low_tenth / 10.0, high_tenth / 10.0)
}

/// Ticks of an axis over shares, in steps of 5, 10 or 20 percentage points.
pub(super) fn share_ticks((low, high): (f64, f64)) -> Vec<f64> {
    let width = high - low;
    let step = if width < 0.35 {
        0.05
    } else if width < 0.75 {
        0.1
    } else {
        0.2
    };
    let first = (low / step - 1e-9).ceil() as i64;
    (first..).map(|index| index as f64 * step).take_while(|tick| *tick <= high + 1e-9).collect()
}

/// Round numbers (1, 2, 5 and ten times those) from at most `low` to at least `high`, both positive.
pub(super) fn round_numbers(low: f64, high: f64) -> Vec<f64> {
    let all = |from: f64, to: f64| {
        let first = libm::log10(from).floor() as i32;
        let last = libm::log10(to).ceil() as i32;
        (first..=last)
            .flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10f64.powi(power)))
            .collect::<Vec<f64>>()
    };
    let candidates = all(low, high);
    let start = candidates.iter().rposition(|tick| *tick <= low * (1.0 + 1e-9)).unwrap_or(0);
    let end = candidates.iter().position(|tick| *tick >= high * (1.0 - 1e-9)).unwrap_or(candidates.len() - 1);
    candidates[start..=end.max(start)].to_vec()
}

/// Positions near the desired ones that are at least `gap` apart and, where there is room, at most `last`.
pub(super) fn dodge(wished: &[f64], gap: f64, last: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wished.len()).collect();
    order.sort_by(|a, b| wished[*a].total_cmp(&wished[*b]));
    let mut placed = wished.to_vec();
    for pair in order.windows(2) {
        placed[pair[1]] = placed[pair[1]].max(placed[pair[0]] + gap);
    }
    let mut limit = last;
    for &index in order.iter().rev() {
        placed[index] = placed[index].min(limit);
        limit = placed[index] - gap;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_reach_from_end_to_end() {
        let scale = Scale::linear((0.0, 1.0), (10.0, 20.0));
        assert_eq!((scale.at(0.0), scale.at(0.5), scale.at(7.0)), (10.0, 15.0, 20.0));
        let scale = Scale::logarithmic((1.0, 100.0), (0.0, 10.0));
        assert!((scale.at(10.0) - 5.0).abs() < 1e-9);
        assert_eq!(Scale::linear((1.0, 1.0), (0.0, 10.0)).at(1.0), 5.0);
    }

    #[test]
    fn ranges_hold_their_values() {
        assert_eq!(share_range([0.31, 0.58]), (0.3, 0.6));
        assert_eq!(share_range([1.0]), (0.8, 1.0));
        assert_eq!(share_range([]), (0.0, 1.0));
        assert_eq!(share_ticks((0.0, 1.0)).len(), 6);
        assert_eq!(share_ticks((0.8, 1.0)).len(), 5);
        let ticks = round_numbers(0.03, 7.0);
        assert_eq!((ticks[0], ticks[ticks.len() - 1]), (0.02, 10.0));
        assert_eq!(round_numbers(1.0, 1.0), [1.0]);
    }

    #[test]
    fn labels_do_not_overlap() {
        let placed = dodge(&[50.0, 52.0, 99.0, 51.0], 10.0, 100.0);
        let mut sorted = placed.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 10.0 - 1e-9), "{placed:?}");
        assert!(sorted[3] <= 100.0);
        assert!(placed[0] < placed[3] && placed[3] < placed[1]);
    }
}
