//! Lines that fit the terminal.

/// How wide the terminal is; nothing where output is piped, and tables have the width that they need.
pub fn width() -> Option<u16> {
    comfy_table::Table::new().width()
}

/// How wide the terminal is that standard error goes to.
pub fn width_of_errors() -> Option<u16> {
    comfy_table::Table::new().use_stderr().width()
}

/// Text for standard output on lines that fit the terminal, broken between words; where output is piped, as it is.
pub fn prose(text: &str) -> String {
    fitting(text, width())
}

/// As [`prose`], for standard error.
pub fn prose_of_errors(text: &str) -> String {
    fitting(text, width_of_errors())
}

/// As [`prose`], with lines that begin further to the right where they are new.
pub fn prose_behind(text: &str, indent: usize) -> String {
    match width() {
        Some(width) => hanging(text, width.into(), indent),
        None => text.to_owned(),
    }
}

fn fitting(text: &str, width: Option<u16>) -> String {
    match width {
        Some(width) => wrapped(text, width.into()),
        None => text.to_owned(),
    }
}

/// Lines of at most this width, broken between words and indented as they were. A command stays in one piece, to be copied.
pub fn wrapped(text: &str, width: usize) -> String {
    let lines = text.split('\n').map(|line| {
        let words = line.trim_start_matches(' ');
        if words.starts_with("karat ") {
            line.to_owned()
        } else {
            hanging(line, width, line.len() - words.len())
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Lines of at most this width, broken between words; those that are new begin with some spaces.
pub fn hanging(text: &str, width: usize, indent: usize) -> String {
    text.split('\n').map(|line| broken(line, width, indent)).collect::<Vec<_>>().join("\n")
}

fn broken(line: &str, width: usize, indent: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let start = line.len() - line.trim_start_matches(' ').len();
    let mut out = line[..start].to_owned();
    let (mut column, mut gap, mut has_word) = (start, 0, false);
    for word in line[start..].split(' ') {
        if word.is_empty() {
            gap += 1;
            continue;
        }
        let length = word.chars().count();
        if has_word && column + gap + length > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else {
            out.push_str(&" ".repeat(gap));
            column += gap;
        }
        out.push_str(word);
        column += length;
        (gap, has_word) = (1, true);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{hanging, wrapped};

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 9), "one two\nthree");
        assert_eq!(wrapped("one incomprehensible", 5), "one\nincomprehensible");
        assert_eq!(wrapped("", 5), "");
        assert_eq!(wrapped("one two\n  three four", 9), "one two\n  three\n  four");
        assert_eq!(wrapped("note:\n  karat run SET --resume", 9), "note:\n  karat run SET --resume");
        assert_eq!(hanging("key  one two three", 12, 5), "key  one two\n     three");
    }
}
