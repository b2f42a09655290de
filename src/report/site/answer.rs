//! A model's answer with what was taken from it marked.

use super::code::{LONGEST, cut, push_note};
use crate::report::escape::push_html;

/// Looking for the program in an answer is given up after this many comparisons of lines, so that no answer holds a
/// page up.
const MOST_COMPARISONS: usize = 300_000;

/// The answer as a block, with the lines that are in the program marked.
pub(super) fn block(text: &str, program: &str) -> String {
    let (shown, left_out) = cut(text, LONGEST);
    let shown = shown.trim_end();
    let lines: Vec<&str> = shown.lines().collect();
    let mut out = String::with_capacity(shown.len() * 2 + 256);
    out.push_str("<div class=\"code answer\" tabindex=\"0\" role=\"group\" aria-label=\"Answer\"><pre>");
    let mut at = 0;
    for run in marked(&lines, program).chunk_by(|a, b| a == b) {
        let end = at + run.len();
        let markup = if run[0] { ("<mark>", "</mark>") } else { ("", "") };
        out.push_str(markup.0);
        push_html(&mut out, &lines[at..end].join("\n"));
        out.push_str(markup.1);
        out.push('\n');
        at = end;
    }
    out.push_str("</pre></div>");
    push_note(&mut out, left_out);
    out
}

/// Which lines of an answer are lines of the program, at whatever indentation. The longest stretch that both have
/// counts first, then those before and after it: a line that stands in the answer twice is marked where its neighbours
/// are.
fn marked(lines: &[&str], program: &str) -> Vec<bool> {
    let answer: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    let program: Vec<&str> = program.lines().map(str::trim).collect();
    let mut marks = vec![false; lines.len()];
    let mut left = MOST_COMPARISONS;
    let mut open = vec![((0, answer.len()), (0, program.len()))];
    while let Some(((from, to), (first, last))) = open.pop() {
        let work = (to - from) * (last - first);
        if work == 0 || work > left {
            continue;
        }
        left -= work;
        let (start, other, length) = longest_common(&answer[from..to], &program[first..last]);
        if length == 0 {
            continue;
        }
        let (start, other) = (from + start, first + other);
        marks[start..start + length].fill(true);
        open.push(((from, start), (first, other)));
        open.push(((start + length, to), (other + length, last)));
    }
    marks
}

/// The longest stretch of lines that two texts have in common, by where it begins in both and its length. White space
/// alone is none.
fn longest_common(one: &[&str], other: &[&str]) -> (usize, usize, usize) {
    let mut best = (0, 0, 0);
    // How long the stretch is that ends at each line of `other` and the line of `one` before.
    let mut before = vec![0; other.len() + 1];
    for (index, line) in one.iter().enumerate() {
        let mut lengths = vec![0; other.len() + 1];
        for (place, candidate) in other.iter().enumerate().filter(|(_, candidate)| *candidate == line) {
            let length = before[place] + 1;
            lengths[place + 1] = length;
            let is_text = || one[index + 1 - length..=index].iter().any(|line| !line.is_empty());
            if length > best.2 && (!candidate.is_empty() || is_text()) {
                best = (index + 1 - length, place + 1 - length, length);
            }
        }
        before = lengths;
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marks(answer: &str, program: &str) -> String {
        let lines: Vec<&str> = answer.lines().collect();
        marked(&lines, program).into_iter().map(|mark| if mark { '#' } else { '.' }).collect()
    }

    #[test]
    fn what_was_taken_is_marked() {
        let answer = "Sure:\n```python\ndef f(x):\n    y = x\n\n    return y\n```\nIt returns y.";
        assert_eq!(marks(answer, "def f(x):\n    y = x\n\n    return y\n"), "..####..");
        // At another indentation, with what was added before it.
        assert_eq!(marks(answer, "import math\n  y = x\n\n  return y\n"), "...###..");
        assert_eq!(marks("no code\n\nat all", "\n\n"), "...");
    }

    #[test]
    fn of_two_versions_the_one_that_was_taken_is_marked() {
        let answer = "```\ndef f():\n    return 1\n```\nBetter:\n```\ndef f():\n    x = 2\n    return 1\n```";
        assert_eq!(marks(answer, "def f():\n    x = 2\n    return 1\n"), "......###.");
    }

    #[test]
    fn the_answer_is_harmless() {
        let markup = block("<script>\nfoo\nx = 1 < 2\n`", "x = 1 < 2\n");
        assert!(markup.contains("&lt;script&gt;\nfoo\n<mark>x = 1 &lt; 2</mark>\n&#96;\n</pre>"), "{markup}");
    }

    proptest! {
        #[test]
        fn whatever_is_marked_is_in_the_program(answer in "([ab \n]|def f){0,60}", program in "([ab \n]|def f){0,60}") {
            let lines: Vec<&str> = answer.lines().collect();
            let of_program: Vec<&str> = program.lines().map(str::trim).collect();
            for (line, mark) in lines.iter().zip(marked(&lines, &program)) {
                prop_assert!(!mark || of_program.contains(&line.trim()));
            }
        }
    }
}
