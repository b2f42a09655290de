//! The one unit in which people are shown scores: per cent, and percentage points for differences. JSON has them from 0
//! to 1.

/// A score, as in `45.8 %`.
pub fn percent(share: f64) -> String {
    format!("{} %", number(share))
}

/// An interval of scores in per cent, as in `38.1 – 55.2`: it stands beside the score, and columns are narrow.
pub fn percent_range(low: f64, high: f64) -> String {
    format!("{} – {}", number(low), number(high))
}

/// A difference of scores, as in `-2.5 pp`. What rounds to nothing has no sign.
pub fn points(difference: f64) -> String {
    let text = format!("{:+.1}", difference * 100.0);
    let text = if matches!(text.as_str(), "-0.0" | "+0.0") { "0.0" } else { &text };
    format!("{text} pp")
}

fn number(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_per_cent_and_differences_percentage_points() {
        assert_eq!(percent(0.45833), "45.8 %");
        assert_eq!(percent_range(0.3812, 1.0), "38.1 – 100.0");
        assert_eq!((points(-0.025).as_str(), points(0.5).as_str()), ("-2.5 pp", "+50.0 pp"));
        assert_eq!((points(0.0).as_str(), points(-0.0004).as_str()), ("0.0 pp", "0.0 pp"));
    }
}
