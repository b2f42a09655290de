//! The axes of plots in which a share goes up.

use super::scale::Scale;
use super::svg::{Anchor, Svg};

pub(super) const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 380.0;
pub(super) const LEFT: f64 = 44.0;
pub(super) const TOP: f64 = 16.0;
pub(super) const BOTTOM: f64 = 336.0;

/// The axes of a plot, from [`LEFT`] to `right` and from [`BOTTOM`] to [`TOP`].
pub(super) struct Axes {
    pub right: f64,
    pub x: Scale,
    pub y: Scale,
}

impl Axes {
    /// Begins a drawing with lines across it at these shares.
    pub(super) fn begin(&self, shares: &[f64]) -> Svg {
        let mut svg = Svg::new(WIDTH, HEIGHT);
        for share in shares {
            let y = self.y.at(*share);
            svg.line((LEFT, y), (self.right, y), "grid");
            svg.text(LEFT - 8.0, y + 4.0, Anchor::End, "tick", &format!("{:.0}%", share * 100.0));
        }
        svg
    }

    /// Draws the axis below with ticks at these values, ascending. A name that would be less than `gap` from the one
    /// before it is left out.
    pub(super) fn draw_below(&self, svg: &mut Svg, ticks: &[(f64, String)], gap: f64) {
        let mut free_from = f64::NEG_INFINITY;
        for (value, name) in ticks {
            let x = self.x.at(*value);
            svg.line((x, BOTTOM), (x, BOTTOM + 4.0), "axis");
            if x >= free_from {
                svg.text(x, BOTTOM + 18.0, Anchor::Middle, "tick", name);
                free_from = x + gap;
            }
        }
        svg.line((LEFT, BOTTOM), (self.right, BOTTOM), "axis");
    }

    /// Says below the axis what it shows.
    pub(super) fn title_below(&self, svg: &mut Svg, title: &str) {
        svg.text((LEFT + self.right) / 2.0, BOTTOM + 38.0, Anchor::Middle, "title", title);
    }
}
