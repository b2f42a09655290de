//! Statements of problems, from Markdown to markup.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::code;
use crate::problem::Language;
use crate::report::escape;
use crate::report::printable;

/// Longer statements are cut, in bytes.
const LONGEST: usize = 200_000;

/// The markup of a statement. Markup in it is shown as text, pictures as what they are called, and links lead only to
/// web pages and mail addresses.
pub(super) fn render(text: &str) -> String {
    let (text, left_out) = code::cut(text, LONGEST);
    let text = printable(text);
    let parser = Parser::new_ext(&text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let mut safe = Safe::default();
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, parser.filter_map(|event| safe.event(event)));
    code::push_note(&mut out, left_out);
    out
}

/// What has to be known from one event to the next.
#[derive(Default)]
struct Safe {
    /// The text of the code block that was begun, with its language.
    code: Option<(String, Option<Language>)>,
    /// For each link that was begun, whether it is kept.
    links: Vec<bool>,
}

impl Safe {
    fn event<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        if let Some((text, language)) = &mut self.code {
            match event {
                Event::End(TagEnd::CodeBlock) => {
                    let block = code::block(text, *language, "Code in the statement", None);
                    self.code = None;
                    return Some(markup(block));
                }
                Event::Text(more) => text.push_str(&more),
                _ => {}
            }
            return None;
        }
        Some(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::Start(Tag::Image { .. }) => Event::Text("[image: ".into()),
            Event::End(TagEnd::Image) => Event::Text("]".into()),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let scheme = dest_url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
                let is_kept = matches!(scheme.as_deref(), Some("http" | "https" | "mailto"));
                self.links.push(is_kept);
                if !is_kept {
                    return None;
                }
                markup(format!(
                    "<a href=\"{}\" rel=\"noopener noreferrer nofollow\">",
                    escape::html(&dest_url)
                ))
            }
            Event::End(TagEnd::Link) => {
                return self.links.pop().unwrap_or(false).then(|| markup("</a>".to_owned()));
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let is_python = matches!(&kind, CodeBlockKind::Fenced(info) if info.to_ascii_lowercase().starts_with("py"));
                self.code = Some((String::new(), is_python.then_some(Language::Python)));
                return None;
            }
            Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                level: below(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            }),
            Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
            other => other,
        })
    }
}

fn markup<'a>(text: String) -> Event<'a> {
    Event::InlineHtml(CowStr::from(text))
}

/// Headings of a statement stand below those of the page.
fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markdown_becomes_markup() {
        let out = render(
            "# Sum\n\nAdd *two* `numbers`.\n\n```python\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        );
        for part in [
            "<h3>Sum</h3>",
            "<em>two</em>",
            "<code>numbers</code>",
            "<span class=\"n\">1</span>",
            "<td>1</td>",
        ] {
            assert!(out.contains(part), "{part} in {out}");
        }
    }

    #[test]
    fn markup_links_and_pictures_are_harmless() {
        let out = render(
            "<script>alert(1)</script>\n\na <b onclick=x>b</b> [x](javascript:alert(1)) [y](https://example.org/?a=\"b\") \
             ![pic](https://example.org/p.png) <https://example.org> \u{1b}[31m",
        );
        assert!(!out.contains("<script") && !out.contains("<b ") && !out.contains("<img"), "{out}");
        assert!(!out.contains("javascript:"), "{out}");
        assert!(out.contains("<a href=\"https://example.org/?a=&quot;b&quot;\" rel="), "{out}");
        assert!(out.contains("[image: pic]") && out.contains("\\u{1b}"), "{out}");
    }

    proptest! {
        #[test]
        fn only_tags_of_statements_come_out(text in "([<>&\"'`#*_~\\[\\]()!|\n -]|[a-e]|</?script>|<img src=x>|<!--|\\]\\(javascript:x\\)|https://a){0,40}") {
            let out = render(&text);
            for tag in out.split('<').skip(1) {
                let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                let known = ["p", "em", "strong", "code", "pre", "div", "span", "a", "ul", "ol", "li", "h3", "h4", "h5", "h6",
                    "blockquote", "hr", "br", "del", "table", "thead", "tbody", "tr", "th", "td"];
                prop_assert!(known.contains(&name.as_str()), "{} in {}", name, out);
            }
            prop_assert!(!out.contains("href=\"javascript"));
        }
    }
}
