//! Drawing. Colours come from classes, so that the style sheet can change them with the colour scheme.

use std::fmt::Write;

use super::Style;
use crate::report::escape::push_html;
use crate::report::site::board::BoardRun;

/// A drawing that is being made.
pub(super) struct Svg {
    body: String,
    width: f64,
    height: f64,
}

/// Where a text stands relative to its position.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    pub(super) fn new(width: f64, height: f64) -> Svg {
        Svg { body: String::new(), width, height }
    }

    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let _ =
            write!(self.body, "<text x=\"{}\" y=\"{}\"{anchor}{}>", number(x), number(y), attribute(class));
        push_html(&mut self.body, text);
        self.body.push_str("</text>");
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let path = format!("M{} {}L{} {}", number(from.0), number(from.1), number(to.0), number(to.1));
        self.path(&path, class);
    }

    pub(super) fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, class: &str) {
        let _ = write!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}/>",
            number(x),
            number(y),
            number(width),
            number(height),
            attribute(class)
        );
    }

    pub(super) fn path(&mut self, path: &str, class: &str) {
        let _ = write!(self.body, "<path d=\"{path}\"{}/>", attribute(class));
    }

    /// A line through points.
    pub(super) fn polyline(&mut self, points: &[(f64, f64)], class: &str) {
        let mut path = String::new();
        for (index, (x, y)) in points.iter().enumerate() {
            let _ = write!(path, "{}{} {}", if index == 0 { 'M' } else { 'L' }, number(*x), number(*y));
        }
        self.path(&path, class);
    }

    /// The sign of a run.
    pub(super) fn mark(&mut self, style: Style, x: f64, y: f64) {
        self.body.push_str(&mark(style, x, y));
    }

    /// Draws a link to a page of the site, which shows a text to who points at it. The keyboard passes it over: tables
    /// and legends have the same links.
    pub(super) fn link(&mut self, address: &str, title: &str, draw: impl FnOnce(&mut Svg)) {
        self.body.push_str("<a tabindex=\"-1\" href=\"");
        push_html(&mut self.body, address);
        self.body.push_str("\"><title>");
        push_html(&mut self.body, title);
        self.body.push_str("</title>");
        draw(self);
        self.body.push_str("</a>");
    }

    /// As [`link`](Self::link), to the page of a run. The title names the run, and says this of it.
    pub(super) fn run_link(&mut self, run: &BoardRun<'_>, said: &str, draw: impl FnOnce(&mut Svg)) {
        let gap = if said.is_empty() { "" } else { ": " };
        self.link(&format!("run/{}.html", run.slug), &format!("{}{gap}{said}", run.label()), draw);
    }

    /// Markup that is put in as it is.
    pub(super) fn raw(&mut self, markup: &str) {
        self.body.push_str(markup);
    }

    /// The drawing, with what a screen reader says in its place.
    pub(super) fn finish(self, label: &str) -> String {
        let mut out = String::from("<p class=\"hidden\">");
        push_html(&mut out, label);
        out.push_str("</p>");
        out + &self.finish_decorative("")
    }

    /// The drawing where the page says the same beside it.
    pub(super) fn finish_decorative(self, class: &str) -> String {
        let (width, height) = (number(self.width), number(self.height));
        let class = attribute(class);
        format!(
            "<svg{class} viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" aria-hidden=\"true\">{}</svg>",
            self.body
        )
    }
}

/// The sign of a run in a plot: each of the named ones has a shape of its own.
pub(in crate::report::site) fn mark(style: Style, x: f64, y: f64) -> String {
    let shape = match style {
        Style::Named(number) => SHAPES[number % SHAPES.len()],
        Style::Rest => "m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0z",
    };
    format!("<path class=\"m {}\" d=\"M{} {}{shape}\"/>", style.class(), number(x), number(y))
}

/// Circle, square, triangle, diamond, triangle downwards, cross, hexagon, star; about as heavy as one another.
const SHAPES: [&str; super::super::board::NAMED] = [
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "m-3.6-3.6h7.2v7.2h-7.2z",
    "m0-5l4.8 8.4h-9.6z",
    "m0-5.2l5.2 5.2l-5.2 5.2l-5.2-5.2z",
    "m0 5l4.8-8.4h-9.6z",
    "m-1.6-5h3.2v3.4h3.4v3.2h-3.4v3.4h-3.2v-3.4h-3.4v-3.2h3.4z",
    "m-4.6 0l2.3-4h4.6l2.3 4l-2.3 4h-4.6z",
    "m0-5.6l1.5 3.9l4.1.2l-3.2 2.6l1.1 4l-3.5-2.2l-3.5 2.2l1.1-4l-3.2-2.6l4.1-.2z",
];

/// The sign of a run in a legend.
pub(super) fn sign(style: Style) -> String {
    format!(
        "<svg class=\"sign\" viewBox=\"0 0 28 12\" width=\"28\" height=\"12\" aria-hidden=\"true\"><path class=\"l {}\" d=\"M0 6H28\"/>{}</svg>",
        style.class(),
        mark(style, 14.0, 6.0)
    )
}

fn attribute(class: &str) -> String {
    if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") }
}

/// A coordinate with at most one decimal.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
