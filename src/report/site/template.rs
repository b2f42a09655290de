//! The templates of the site, and how values get into them: every text is escaped, unless a template says `safe`.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::error::SiteError;
use crate::report::escape;

/// A page's template.
#[derive(Clone, Copy, Debug)]
pub(super) enum Page {
    Index,
    Problems,
    Run,
    Problem,
    Opening,
}

const FILES: [(&str, &str); 7] = [
    ("base.html", include_str!("../../../reports/templates/base.html")),
    ("macros.html", include_str!("../../../reports/templates/macros.html")),
    ("index.html", include_str!("../../../reports/templates/index.html")),
    ("problems.html", include_str!("../../../reports/templates/problems.html")),
    ("run.html", include_str!("../../../reports/templates/run.html")),
    ("problem.html", include_str!("../../../reports/templates/problem.html")),
    ("opening.html", include_str!("../../../reports/templates/opening.html")),
];

/// The templates, ready to be filled in.
pub(super) struct PageTemplates {
    environment: Environment<'static>,
}

impl Page {
    fn file(self) -> &'static str {
        match self {
            Page::Index => "index.html",
            Page::Problems => "problems.html",
            Page::Run => "run.html",
            Page::Problem => "problem.html",
            Page::Opening => "opening.html",
        }
    }
}

/// A name that a narrow column can break where a part of it ends: behind `/`, `-`, `_`, `.` and `:`, and not within a
/// word or a number.
fn breakable(name: &str) -> Value {
    let mut out = String::with_capacity(name.len() + 32);
    for part in name.split_inclusive(['/', '-', '_', '.', ':']) {
        let goes_on = out.ends_with('.') && part.starts_with(|one: char| one.is_ascii_digit());
        if !out.is_empty() && !goes_on {
            out.push_str("<wbr>");
        }
        escape::push_html(&mut out, part);
    }
    Value::from_safe_string(out)
}

impl PageTemplates {
    pub(super) fn new() -> Result<PageTemplates, SiteError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .map_err(|source| SiteError::Template { template: "base.html", source })?,
        );
        environment.set_formatter(|out, state, value| match value.as_str() {
            Some(text) if !value.is_safe() => Ok(out.write_str(&escape::html(text))?),
            _ if value.is_none() => Ok(()),
            _ => minijinja::escape_formatter(out, state, value),
        });
        environment.add_filter("breakable", breakable);
        for (name, text) in FILES {
            environment
                .add_template(name, text)
                .map_err(|source| SiteError::Template { template: name, source })?;
        }
        Ok(PageTemplates { environment })
    }

    /// The page, filled in.
    pub(super) fn render(&self, page: Page, view: &impl Serialize) -> Result<String, SiteError> {
        let fill = || self.environment.get_template(page.file())?.render(Value::from(Serde(view)));
        fill().map_err(|source| SiteError::Template { template: page.file(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::breakable;

    #[test]
    fn names_break_between_their_parts_only() {
        let name = breakable("made-up/Model-0.5B.gguf<");
        assert_eq!(name.as_str(), Some("made-<wbr>up/<wbr>Model-<wbr>0.5B.<wbr>gguf&lt;"));
    }
}
