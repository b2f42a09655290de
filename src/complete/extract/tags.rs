//! Code between tags: `[PYTHON]`, `<code class="language-python">`, `\begin{lstlisting}`.

/// Tags in angle brackets, in any case and with attributes; of nested ones, the inner ones come first.
const ANGLE: [&str; 9] = [
    "<code>",
    "<python>",
    "<python_code>",
    "<answer>",
    "<final_answer>",
    "<solution>",
    "<final_solution>",
    "<final_code>",
    "<pre>",
];

/// Tags in square brackets, opening and closing, in any case.
const SQUARE: [(&str, &str); 4] =
    [("[BEGIN]", "[DONE]"), ("[PYTHON]", "[/PYTHON]"), ("[ANSWER]", "[/ANSWER]"), ("[CODE]", "[/CODE]")];

/// Environments of LaTeX, whose options stand on the same line.
const LATEX: [&str; 3] = ["\\begin{lstlisting}", "\\begin{verbatim}", "\\begin{minted}"];

/// What stands between tags.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tagged<'a> {
    /// The opening tag.
    pub tag: &'static str,
    /// The text between it and the closing one, or the end.
    pub text: &'a str,
    /// What stands before it, and after it.
    pub around: [&'a str; 2],
}

/// What may stand in an opening tag behind its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    Nothing,
    /// Attributes, and then `>`.
    Attributes,
    /// The rest of the line.
    Line,
}

/// A kind of tag.
#[derive(Clone, Debug)]
struct Tag {
    /// Its opening tag, as it is recorded.
    name: &'static str,
    /// How an opening one begins, in capital letters.
    open: String,
    rest: Rest,
    /// The closing one, in capital letters.
    close: String,
}

impl Tag {
    fn all() -> impl Iterator<Item = Tag> {
        let square =
            SQUARE.into_iter().map(|(name, close)| (name, name.to_owned(), Rest::Nothing, close.to_owned()));
        let angle = ANGLE.into_iter().map(|name| {
            (name, name.trim_end_matches('>').to_owned(), Rest::Attributes, name.replace('<', "</"))
        });
        let latex =
            LATEX.into_iter().map(|name| (name, name.to_owned(), Rest::Line, name.replace("begin", "end")));
        square.chain(angle).chain(latex).map(|(name, open, rest, close)| Tag {
            name,
            open: open.to_ascii_uppercase(),
            rest,
            close: close.to_ascii_uppercase(),
        })
    }

    /// Where the first opening tag begins and ends, in a text in capital letters.
    fn open_in(&self, capitals: &str) -> Option<(usize, usize)> {
        capitals.match_indices(&self.open).find_map(|(begin, open)| {
            let after = begin + open.len();
            let rest = &capitals[after..];
            let length = match self.rest {
                Rest::Nothing => 0,
                Rest::Line => rest.find('\n').unwrap_or(rest.len()),
                Rest::Attributes => {
                    // `<codec>` is another tag.
                    let length = rest.find(['>', '<', '\n'])?;
                    if !rest.starts_with(['>', ' ']) || !rest[length..].starts_with('>') {
                        return None;
                    }
                    length + 1
                }
            };
            Some((begin, after + length))
        })
    }

    /// Whether one of them begins or ends a line.
    fn is_on_a_line(&self, capitals: &str) -> bool {
        (capitals.contains(&self.open) || capitals.contains(&self.close))
            && capitals.lines().map(str::trim).any(|line| {
                line.starts_with(&self.close)
                    || line.ends_with(&self.close)
                    || self.open_in(line).is_some_and(|(begin, end)| begin == 0 || end == line.len())
            })
    }
}

/// The texts between tags of the first kind that is there. The first opening tag may be missing, as where the prompt
/// ended with it, and the last closing one, as in an answer that was cut off.
pub(super) fn tagged(text: &str) -> Vec<Tagged<'_>> {
    let capitals = text.to_ascii_uppercase();
    let Some(tag) = Tag::all().find(|tag| tag.is_on_a_line(&capitals)) else { return Vec::new() };
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let open = tag.open_in(&capitals[at..]).map(|(begin, end)| (at + begin, at + end));
        let close = capitals[at..].find(&tag.close).map(|end| at + end);
        let start = match (open, close) {
            (Some((open, _)), Some(close)) if open > close && at == 0 => at,
            (None, Some(_)) if at == 0 => at,
            (Some((_, end)), _) => end,
            (None, _) => break,
        };
        let end = capitals[start..].find(&tag.close).map_or(text.len(), |length| start + length);
        let before = open.map_or(start, |(open, _)| open.min(start));
        let inside = text[start..end].trim_start_matches('\n');
        let inside = match inside.strip_prefix("<![CDATA[") {
            Some(rest) => rest.trim_end().strip_suffix("]]>").unwrap_or(rest),
            None => inside,
        };
        found.push(Tagged { tag: tag.name, text: inside, around: [&text[..before], &text[end..]] });
        at = (end + tag.close.len()).min(text.len());
    }
    found
}
