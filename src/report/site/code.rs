//! Programs and other texts in full, as markup: Python in colours, everything else as it is. Long ones are cut.

use std::fmt::Write;

use super::format;
use crate::problem::Language;
use crate::python::{Piece, Reading, is_keyword, is_word_part, pieces};
use crate::report::escape::{push_html, push_printable_html};
use crate::report::printable;

/// Longer texts are cut, in bytes.
pub(super) const LONGEST: usize = 20_000;

/// A text as a block with line numbers that scrolls by itself. A marked line (from 1) has an arrow.
pub(super) fn block(text: &str, language: Option<Language>, label: &str, marked: Option<u32>) -> String {
    let (shown, left_out) = cut(text, LONGEST);
    let shown = printable(shown.trim_end_matches('\n'));
    let mut out = String::with_capacity(shown.len() * 2 + 256);
    out.push_str("<div class=\"code\" tabindex=\"0\" role=\"group\" aria-label=\"");
    push_html(&mut out, label);
    out.push_str("\"><pre class=\"gutter\" aria-hidden=\"true\">");
    for number in 1..=shown.lines().count().max(1) {
        let mark = if marked.is_some_and(|line| line as usize == number) { "▸ " } else { "" };
        let _ = writeln!(out, "{mark}{number}");
    }
    out.push_str("</pre><pre><code>");
    match language {
        Some(Language::Python) => push_python(&mut out, &shown),
        _ => push_printable_html(&mut out, &shown),
    }
    out.push_str("</code></pre></div>");
    push_note(&mut out, left_out);
    out
}

/// A value in a line or several, without numbers.
pub(super) fn value(text: &str, label: &str) -> String {
    let (shown, left_out) = cut(text, LONGEST);
    let mut out = String::from("<div class=\"code\" tabindex=\"0\" role=\"group\" aria-label=\"");
    push_html(&mut out, label);
    out.push_str("\"><pre>");
    push_html(&mut out, shown.trim_end_matches('\n'));
    out.push_str("</pre></div>");
    push_note(&mut out, left_out);
    out
}

/// Says how much of a text was left out.
pub(super) fn push_note(out: &mut String, left_out: usize) {
    if left_out > 0 {
        let _ = write!(
            out,
            "<p class=\"note\">{} more are not shown.</p>",
            format::plural(left_out as u64, "byte")
        );
    }
}

/// The beginning of a text in at most `limit` bytes, and how many bytes are left out.
pub(super) fn cut(text: &str, limit: usize) -> (&str, usize) {
    let end = text.floor_char_boundary(limit.min(text.len()));
    (&text[..end], text.len() - end)
}

/// Appends Python with its keywords, names of functions and classes, strings, numbers and comments marked. It is no
/// parser: what is not Python comes out as text in some colours.
pub(super) fn push_python(out: &mut String, code: &str) {
    let mut after_def = false;
    let mut at = 0;
    while let Some((piece, start, end)) = pieces(code, at, Reading::Listing).next() {
        let named = if &code[start..end] == "@" { decorated(&code[end..]) } else { 0 };
        at = end + named;
        let text = &code[start..at];
        let class = match piece {
            Piece::Comment => "c",
            Piece::Text { .. } => "s",
            Piece::Number => "n",
            Piece::Word if is_keyword(text) => "k",
            Piece::Word if after_def => "d",
            Piece::Operator if named > 0 => "d",
            Piece::Word | Piece::Operator | Piece::Blank | Piece::LineEnd | Piece::Backslash => "",
        };
        if class.is_empty() {
            push_printable_html(out, text);
        } else {
            let _ = write!(out, "<span class=\"{class}\">");
            push_printable_html(out, text);
            out.push_str("</span>");
        }
        if !matches!(text, " " | "\t") {
            after_def = matches!(text, "def" | "class");
        }
    }
}

/// The length in bytes of the dotted name that follows an `@`.
fn decorated(text: &str) -> usize {
    if !text.starts_with(is_word_part) {
        return 0;
    }
    text.find(|one| !is_word_part(one) && one != '.').unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn python(code: &str) -> String {
        let mut out = String::new();
        push_python(&mut out, code);
        out
    }

    /// The text of markup that has no tags but `span`.
    fn text_of(markup: &str) -> String {
        let mut out = String::new();
        let mut rest = markup;
        while let Some(start) = rest.find('<') {
            out.push_str(&rest[..start]);
            let end = start + rest[start..].find('>').expect("a tag ends");
            let tag = &rest[start..=end];
            assert!(tag == "</span>" || (tag.starts_with("<span class=\"") && tag.len() == 16), "{tag}");
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
        out
    }

    #[test]
    fn python_has_colours() {
        assert_eq!(
            python("def f(x): # <b>\n    return 'a\\'' + 1.5"),
            "<span class=\"k\">def</span> <span class=\"d\">f</span>(x): <span class=\"c\"># &lt;b&gt;</span>\n    \
             <span class=\"k\">return</span> <span class=\"s\">&#39;a\\&#39;&#39;</span> + <span class=\"n\">1.5</span>"
        );
        assert_eq!(
            python("rb\"\"\"a\n\"\"\""),
            "<span class=\"s\">rb&quot;&quot;&quot;a\n&quot;&quot;&quot;</span>"
        );
        assert_eq!(python("'open\nx"), "<span class=\"s\">&#39;open</span>\nx");
        assert_eq!(python("@a.b\nx@y"), "<span class=\"d\">@a.b</span>\nx<span class=\"d\">@y</span>");
    }

    #[test]
    fn long_texts_are_cut_with_a_note() {
        let markup = block(&"é".repeat(500_000), Some(Language::Python), "Code", None);
        assert!(markup.len() < LONGEST + 1000);
        assert!(markup.contains("980,000 bytes more are not shown"));
        assert_eq!(cut("aé", 2), ("a", 2));
    }

    #[test]
    fn a_line_can_be_marked() {
        let markup = block("a\nb\nc", None, "Code", Some(2));
        assert!(markup.contains(">1\n▸ 2\n3\n<"), "{markup}");
    }

    proptest! {
        #[test]
        fn every_text_comes_out_whole_and_harmless(text in "([\"'#@\\\\ \n<>&a-fr0-9]|def |\u{1b}|é|漢){0,60}") {
            let shown = printable(&text);
            prop_assert_eq!(text_of(&python(&shown)), crate::report::escape::html(&text));
        }
    }
}
