//! Where what came out differs from what was expected.

use similar::{ChangeTag, TextDiff};

use super::code::{cut, push_note};
use crate::report::escape::push_html;

/// More is not compared, in bytes and lines of each side: the work grows with the square of the lines that differ.
const LONGEST: usize = 10_000;
const MOST_LINES: usize = 400;
/// Lines shown before and after those that differ.
const CONTEXT: usize = 3;

/// The lines that differ, with those around them. None where both texts are of one line: they are seen at a glance.
pub(super) fn lines(expected: &str, got: &str) -> Option<String> {
    let is_long = |text: &str| text.trim_end().contains('\n');
    if !is_long(expected) && !is_long(got) {
        return None;
    }
    let (expected, left_out_expected) = beginning(expected);
    let (got, left_out_got) = beginning(got);
    let diff = TextDiff::from_lines(expected, got);
    let mut out = String::from(
        "<div class=\"code\" tabindex=\"0\" role=\"group\" aria-label=\"Difference of expected and got\"><pre class=\"diff\">",
    );
    for (place, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if place > 0 {
            out.push_str("  ⋯\n");
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let (start, end) = match change.tag() {
                ChangeTag::Delete => ("<del>− ", "</del>\n"),
                ChangeTag::Insert => ("<ins>+ ", "</ins>\n"),
                ChangeTag::Equal => ("  ", "\n"),
            };
            out.push_str(start);
            push_html(&mut out, change.value().trim_end_matches('\n'));
            out.push_str(end);
        }
    }
    out.push_str("</pre></div><p class=\"note\">− expected, + got.</p>");
    push_note(&mut out, left_out_expected.max(left_out_got));
    Some(out)
}

/// The part of a text that is compared, and how many bytes are left out.
fn beginning(text: &str) -> (&str, usize) {
    let (shown, _) = cut(text, LONGEST);
    let end = shown.match_indices('\n').nth(MOST_LINES - 1).map_or(shown.len(), |(position, _)| position + 1);
    (&shown[..end], text.len() - end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_are_marked() {
        let markup = lines("1\n2\n3\n", "1\n<b>\n3\n").unwrap();
        assert!(markup.contains("  1\n<del>− 2</del>\n<ins>+ &lt;b&gt;</ins>\n  3\n"), "{markup}");
        assert_eq!(lines("1\n", "2"), None);
    }

    #[test]
    fn long_outputs_are_cut() {
        let (expected, got) = ("a\n".repeat(100_000), "b\n".repeat(100_000));
        let markup = lines(&expected, &got).unwrap();
        assert!(markup.len() < 50_000);
        assert!(markup.contains("199,200 bytes more are not shown"));
    }
}
