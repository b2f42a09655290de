//! Statements of problems as markup: every character that was written is shown, in its order.
//!
//! Most published sets have plain text in which `10**12`, `a_i` or a line of dashes mean what they say, so nothing of a
//! statement is taken for a mark that disappears. What is known only changes how the text looks: code in backticks and
//! between fences, list items, and the ends of lines of wrapped prose, which give way to the width of the page.

use std::ops::RangeInclusive;

use super::code;
use crate::problem::Language;
use crate::report::escape::push_printable_html;
use crate::report::printable;

/// Longer statements are cut, in bytes.
const LONGEST: usize = 200_000;

/// Prose is wrapped at a width between these, in columns. Text with longer lines was not wrapped.
const WIDTHS: RangeInclusive<usize> = 50..=120;

/// Wrapped text has at least this many lines that are nearly as long as the longest.
const FULL_LINES: usize = 3;

/// The markup of a statement. Its text is the statement's, to the character, with what could steer or reorder text
/// made visible.
pub(super) fn render(text: &str) -> String {
    let (text, left_out) = code::cut(text, LONGEST);
    let text = printable(&text.replace("\r\n", "\n"));
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let wrapped_at = wrapped_at(&lines);
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    while at < lines.len() {
        if let Some(end) = fence_end(&lines, at) {
            push_fence(&mut out, &lines[at..=end]);
            at = end + 1;
        } else {
            let mut end = at + 1;
            while end < lines.len()
                && fence_end(&lines, end).is_none()
                && is_one_row(lines[at], lines[end - 1], lines[end], wrapped_at)
            {
                end += 1;
            }
            push_row(&mut out, &lines[at..end].concat());
            at = end;
        }
    }
    code::push_note(&mut out, left_out);
    out
}

/// The width that the text was wrapped at, if it was.
fn wrapped_at(lines: &[&str]) -> Option<usize> {
    let widths = || lines.iter().map(|line| columns(line.trim_end()));
    let longest = widths().max().filter(|longest| WIDTHS.contains(longest))?;
    let full = widths().filter(|width| width * 10 >= longest * 8).take(FULL_LINES).count();
    (full == FULL_LINES).then_some(longest)
}

/// The mark of a fence, and what stands behind it.
fn fence(line: &str) -> Option<(&str, &str)> {
    let text = line.trim_start_matches(' ');
    let mark = ['`', '~'].into_iter().find(|mark| text.starts_with(*mark))?;
    let (marks, rest) = text.split_at(text.find(|one| one != mark).unwrap_or(text.len()));
    (line.len() - text.len() < 4 && marks.len() >= 3).then_some((marks, rest.trim()))
}

/// The line that closes the fence that a line opens.
fn fence_end(lines: &[&str], at: usize) -> Option<usize> {
    let (open, info) = fence(lines[at])?;
    if info.contains('`') {
        return None;
    }
    let closes =
        |line: &&str| fence(line).is_some_and(|(marks, rest)| rest.is_empty() && marks.starts_with(open));
    lines[at + 1..].iter().position(closes).map(|offset| at + 1 + offset)
}

fn push_fence(out: &mut String, lines: &[&str]) {
    let (first, rest) = lines.split_first().expect("a fence has a first line");
    let (last, inner) = rest.split_last().expect("a fence has a last line");
    let is_python = fence(first).is_some_and(|(_, info)| info.to_ascii_lowercase().starts_with("py"));
    out.push_str(
        "<div class=\"code\" tabindex=\"0\" role=\"group\" aria-label=\"Code in the statement\"><pre><code>",
    );
    push_mark(out, first);
    match is_python.then_some(Language::Python) {
        Some(Language::Python) => code::push_python(out, &inner.concat()),
        _ => push_printable_html(out, &inner.concat()),
    }
    push_mark(out, last);
    out.push_str("</code></pre></div>");
}

/// Whether a line goes on in the row that `first` began and `last` ended so far: where prose was wrapped because the
/// next word had no room, or within a sentence of a language without spaces.
fn is_one_row(first: &str, last: &str, next: &str, wrapped_at: Option<usize>) -> bool {
    let (end, start) = (last.trim_end(), next.trim());
    let most_indented = if is_item(first) { 6 } else { 3 };
    if !is_prose(end) || start.is_empty() || is_item(next) || next.starts_with(['|', '\t']) {
        return false;
    }
    if next.len() - next.trim_start().len() > most_indented {
        return false;
    }
    let word = start.find(' ').map_or(start, |space| &start[..space]);
    let had_no_room = wrapped_at.is_some_and(|width| columns(end) + 1 + columns(word) > width);
    had_no_room || end.ends_with(['，', '、'])
}

/// Whether a line is part of sentences, and not a row of numbers, of a table or of a drawing.
fn is_prose(line: &str) -> bool {
    const WORDS: usize = 3;
    const WIDE_LETTERS: usize = 5;
    if is_indented(line) {
        return false;
    }
    let words = line.split(' ').filter(|word| word.chars().filter(|one| one.is_alphabetic()).count() > 1);
    words.take(WORDS).count() == WORDS
        || line.chars().filter(|one| is_wide(*one)).take(WIDE_LETTERS).count() == WIDE_LETTERS
}

/// Whether the place of each character may matter, as in a drawing or a table.
fn is_indented(line: &str) -> bool {
    line.starts_with("    ") || line.starts_with(['\t', '|'])
}

fn is_item(line: &str) -> bool {
    let text = line.trim_start_matches(' ');
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let is_numbered =
        (1..=3).contains(&digits) && (text[digits..].starts_with(". ") || text[digits..].starts_with(") "));
    line.len() - text.len() < 4
        && (is_numbered || ["- ", "* ", "+ ", "• "].iter().any(|mark| text.starts_with(mark)))
}

/// A row: one line as it was written, or several that were one before they were wrapped.
fn push_row(out: &mut String, row: &str) {
    let class = match row {
        _ if row.trim().is_empty() => "gap",
        _ if is_item(row) => "item",
        _ if is_indented(row) => "mono",
        _ => "row",
    };
    out.push_str(&format!("<p class=\"{class}\">"));
    let end = row.trim_end_matches('\n').len();
    let (mut rest, last) = row.split_at(end);
    let mut unpaired = Vec::new();
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        push_text(out, before);
        let marks = from.len() - from.trim_start_matches('`').len();
        let inside = if unpaired.contains(&marks) { None } else { code_span(&from[marks..], marks) };
        let Some(length) = inside else {
            unpaired.push(marks);
            push_printable_html(out, &from[..marks]);
            rest = &from[marks..];
            continue;
        };
        out.push_str("<code>");
        push_mark(out, &from[..marks]);
        push_text(out, &from[marks..marks + length]);
        push_mark(out, &from[marks + length..2 * marks + length]);
        out.push_str("</code>");
        rest = &from[2 * marks + length..];
    }
    push_text(out, rest);
    out.push_str(last);
    out.push_str("</p>");
}

/// How long the code is that as many backticks close as opened it.
fn code_span(text: &str, marks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(start) = text[at..].find('`') {
        let start = at + start;
        let length = text[start..].len() - text[start..].trim_start_matches('`').len();
        if length == marks && start > 0 {
            return Some(start);
        }
        at = start + length;
    }
    None
}

/// Text in which the end of a line, and what the next one is indented by, is shown as a space, or as nothing between
/// letters of a language without spaces.
fn push_text(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(start) = rest.find('\n') {
        let (before, from) = rest.split_at(start);
        let after = from[1..].trim_start_matches(' ');
        let break_ = &from[..from.len() - after.len()];
        push_printable_html(out, before);
        let joins =
            before.chars().next_back().is_some_and(is_wide) && after.chars().next().is_some_and(is_wide);
        let class = if joins { "soft joined" } else { "soft" };
        out.push_str(&format!("<span class=\"{class}\">{break_}</span>"));
        rest = after;
    }
    push_printable_html(out, rest);
}

/// A mark of code, shown in the colour of notes.
fn push_mark(out: &mut String, mark: &str) {
    out.push_str("<span class=\"mark\">");
    push_printable_html(out, mark);
    out.push_str("</span>");
}

fn columns(text: &str) -> usize {
    text.chars().map(|character| 1 + usize::from(is_wide(character))).sum()
}

/// Whether a character is two columns wide, as those of Chinese, Japanese and Korean are.
fn is_wide(character: char) -> bool {
    matches!(
        character,
        '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}'
            | '\u{20000}'..='\u{3fffd}'
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::problem::load::load;

    /// The text of markup, as a browser reads it.
    fn text_of(markup: &str) -> String {
        let mut out = String::new();
        for (index, part) in markup.split('<').enumerate() {
            out.push_str(if index == 0 { part } else { part.split_once('>').expect("a tag ends").1 });
        }
        let entities =
            [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#96;", "`"), ("&amp;", "&")];
        entities.iter().fold(out, |text, (entity, character)| text.replace(entity, character))
    }

    #[test]
    fn every_statement_of_the_starter_set_is_shown_as_written() {
        let set = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("problems/starter"), None).unwrap();
        let (mut shown, mut with_powers, mut is_laid_out) = (0, 0, false);
        for task_id in set.task_ids() {
            for (language, text) in &set.problem(task_id.as_str()).unwrap().statements {
                let markup = render(text);
                assert_eq!(text_of(&markup), *text, "{task_id} in {language}");
                assert!(!markup.contains("<strong>") && !markup.contains("<em>"), "{task_id}: {markup}");
                shown += 1;
                with_powers += u32::from(text.contains("**"));
                if task_id.as_str().ends_with("bread-tunnel") && language == "en" {
                    // Wrapped sentences go on to the width of the page: three items between paragraphs.
                    let rows = |class: &str| markup.matches(&format!("<p class=\"{class}\">")).count();
                    assert_eq!(
                        (rows("row"), rows("item"), rows("gap"), rows("mono")),
                        (4, 3, 4, 0),
                        "{markup}"
                    );
                    is_laid_out = true;
                }
            }
        }
        assert_eq!(shown, 120, "60 problems in two languages");
        assert!(with_powers >= 34, "{with_powers}");
        assert!(is_laid_out);
    }

    #[test]
    fn nothing_but_code_looks_other_than_text() {
        let text = "# Sum\n10**12 and 2*a*b, a_i_j, ~~x~~, <b>, &amp;, [x](javascript:y), ![p](q)\nInput\n-----\n1. one\n> 5\n+ 3\n\n\
                    Add `a ** b` or ``a ` b`` to ` it.\n\n    x | y\n";
        let markup = render(text);
        assert_eq!(text_of(&markup), text);
        insta::assert_snapshot!(markup.replace("</p>", "</p>\n"));
    }

    #[test]
    fn code_between_fences_is_coloured_and_keeps_its_fences() {
        let text = "See:\n```python\nx = '*1*'\n```\nand\n~~~\n**raw**\n~~~\n```\nnever closed *x*\n";
        let markup = render(text);
        assert_eq!(text_of(&markup), text);
        assert!(markup.contains("<span class=\"mark\">&#96;&#96;&#96;python\n</span>x = <span class=\"s\">&#39;*1*&#39;</span>\n"), "{markup}");
        assert_eq!(markup.matches("<pre>").count(), 2, "{markup}");
    }

    #[test]
    fn lines_stay_where_they_were_broken_for_a_reason() {
        let prose = "A harbour has many moorings, and each of them is an integer from the list of\nmoorings. Those that are taken \
                     are in `taken`, which has no order at all, and those\nthat are free are not, but the harbour master is known to be a man who often\nforgets.\n";
        let markup = render(prose);
        assert_eq!(markup.matches("<p ").count(), 1, "{markup}");
        assert_eq!(text_of(&markup), prose);
        // The longest line of a text that was not wrapped is no reason to take what follows it for its end.
        let long = format!("{}\nInput\n", "You are given a list of integers. ".repeat(9).trim());
        for lines in [
            "Input\n5 4\n1 2 3\n",
            "yes no maybe\nno yes never\n",
            "First line of the input: n.\nThen n lines follow.\n",
            &long,
        ] {
            assert_eq!(render(lines).matches("<p ").count(), lines.lines().count(), "{lines}");
        }
        let numbers = format!("{}\n{}\n", "1 2 3 4 5 ".repeat(8).trim(), "1 2 3 4 5 ".repeat(8).trim());
        assert_eq!(render(&numbers).matches("<p ").count(), 2);
        let markup = render("时间可以相同，\n从小到大。\n下一行。");
        assert!(markup.contains("，<span class=\"soft joined\">\n</span>从小到大。\n</p>"), "{markup}");
    }

    #[test]
    fn long_statements_are_cut_with_a_note() {
        let markup = render(&"é*".repeat(100_000));
        assert!(
            markup.contains("100,000 bytes more are not shown") && markup.len() < LONGEST + 200,
            "{}",
            markup.len()
        );
        // Nothing in a hostile one makes it slow.
        let marks: String = (1..600).map(|length| format!("{} ", "`".repeat(length))).collect();
        assert_eq!(text_of(&render(&marks)), marks);
    }

    proptest! {
        #[test]
        fn every_text_is_shown_whole_and_harmless(
            text in "([<>&\"'`#*_~\\[\\]()!|\\\\$\n -]|[a-e0-9]|漢|，|\t|\r\n|\u{1b}|```|~~~|</?script>|<img src=x>|<!--|\\]\\(javascript:x\\)|&lt;|https://a){0,40}",
        ) {
            let markup = render(&text);
            prop_assert_eq!(text_of(&markup), printable(&text.replace("\r\n", "\n")));
            for tag in markup.split('<').skip(1) {
                let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                prop_assert!(["p", "code", "pre", "div", "span"].contains(&name.as_str()), "{} in {}", name, markup);
            }
        }
    }
}
