//! The small bars in tables: a score with its interval, and a share.

use super::Style;
use super::scale::Scale;
use super::svg::{Svg, number};
use crate::stats::Estimate;

const WIDTH: f64 = 160.0;
const HEIGHT: f64 = 18.0;

/// A score as a point on a line from 0 to 100 %, its interval as a bar, and the bounds that unknown verdicts put on
/// it as a thin line. The numbers stand beside it.
pub(in crate::report::site) fn interval(estimate: &Estimate, style: Style) -> String {
    let scale = Scale::linear((0.0, 1.0), (3.0, WIDTH - 3.0));
    let middle = HEIGHT / 2.0;
    let mut svg = Svg::new(WIDTH, HEIGHT);
    let ticks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|tick| format!("M{} 5v8", number(scale.at(tick))));
    svg.path(&format!("M3 {middle}H{}{}", number(WIDTH - 3.0), ticks.concat()), "track");
    let class = style.class();
    if estimate.upper_bound > estimate.lower_bound {
        svg.line(
            (scale.at(estimate.lower_bound), middle + 6.0),
            (scale.at(estimate.upper_bound), middle + 6.0),
            &format!("bounds {class}"),
        );
    }
    let (low, high) = (scale.at(estimate.low), scale.at(estimate.high));
    svg.rectangle(low, middle - 3.0, (high - low).max(1.0), 6.0, &format!("whisker {class}"));
    svg.mark(style, scale.at(estimate.value), middle);
    svg.finish_decorative("bar")
}

/// A share as a bar from 0 to 100 %.
pub(in crate::report::site) fn share(share: f64) -> String {
    const SHORT: f64 = 80.0;
    let mut svg = Svg::new(SHORT, 10.0);
    svg.rectangle(0.0, 2.0, SHORT, 6.0, "track-fill");
    if share > 0.0 {
        svg.rectangle(0.0, 2.0, (SHORT * share.min(1.0)).max(1.0), 6.0, "fill");
    }
    svg.finish_decorative("bar")
}
