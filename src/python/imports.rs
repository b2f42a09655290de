//! What a program imports.

use std::ops::Range;

use super::lines::{SourceLine, Token, lines, statement_end, statement_tokens};
use super::words::{begins_block, is_keyword};

/// Statements at the left margin that import, on the same line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import<'a> {
    /// Their lines, by number from 0.
    pub lines: Range<usize>,
    /// The packages that they import from: `numpy` of `import numpy.linalg as la`. A relative import has none.
    pub packages: Vec<&'a str>,
}

/// What is imported at the left margin: where that fails, so does the program. What is indented may be tried, or never
/// run.
pub(crate) fn imports<'a>(lines: &[SourceLine<'a>]) -> Vec<Import<'a>> {
    let top = (0..lines.len()).filter(|&line| lines[line].is_top());
    let found = top.map(|line| {
        let tokens: Vec<Token<'a>> = statement_tokens(lines, line).collect();
        let has_block = tokens.first().and_then(|first| first.name()).is_some_and(begins_block);
        let statements = tokens.split(|token| token.is(';')).take(if has_block { 0 } else { usize::MAX });
        let packages = statements.flat_map(packages).collect();
        Import { lines: line..statement_end(lines, line), packages }
    });
    found.filter(|import| !import.packages.is_empty()).collect()
}

/// The packages that a text imports at its left margin, in order.
pub(crate) fn imported_packages(text: &str) -> Vec<&str> {
    imports(&lines(text)).into_iter().flat_map(|import| import.packages).collect()
}

/// The packages that a text imports anywhere, also where it may never run.
pub(super) fn imported_anywhere(text: &str) -> impl Iterator<Item = &str> {
    let lines = lines(text);
    let mut found = Vec::new();
    for line in (0..lines.len()).filter(|&line| lines[line].is_statement()) {
        let tokens: Vec<Token<'_>> = statement_tokens(&lines, line).collect();
        // What stands behind the colon of a compound statement is one, too.
        found.extend(tokens.split(|token| token.is(';') || token.is(':')).flat_map(packages));
    }
    found.into_iter()
}

/// The packages of a statement; none of what is no import, as a sentence that begins like one.
fn packages<'a>(tokens: &[Token<'a>]) -> Vec<&'a str> {
    match tokens {
        [Token::Name("import"), modules @ ..] => {
            let modules: Option<Vec<&str>> = modules.split(|token| token.is(',')).map(module).collect();
            modules.unwrap_or_default()
        }
        [Token::Name("from"), rest @ ..] => {
            let import = rest.iter().position(|token| *token == Token::Name("import"));
            import.and_then(|at| module(&rest[..at])).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The package in `numpy.linalg as la`.
fn module<'a>(tokens: &[Token<'a>]) -> Option<&'a str> {
    let path = match tokens {
        [path @ .., Token::Name("as"), Token::Name(_)] => path,
        path => path,
    };
    let is_part = |(at, token): (usize, &Token<'_>)| match token {
        Token::Name(name) => at % 2 == 0 && !is_keyword(name),
        other => at % 2 == 1 && other.is('.'),
    };
    let is_path = path.len() % 2 == 1 && path.iter().enumerate().all(is_part);
    path.first().filter(|_| is_path).and_then(|first| first.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_where_an_import_is_a_statement_of_its_own() {
        for (text, expected) in [
            ("import numpy as np\nassert f()", &["numpy"][..]),
            ("import math, pandas.core as p", &["math", "pandas"]),
            ("import math, \\\n    pandas", &["math", "pandas"]),
            ("from scipy.stats import (\n    norm,\n)\nimport re", &["scipy", "re"]),
            ("x = 1; import numpy", &["numpy"]),
            ("x = 1\r\nimport pytest\r\n", &["pytest"]),
            ("\"\"\"doc\"\"\"\nimport torch", &["torch"]),
            ("s = 'it''s'\nimport torch", &["torch"]),
            ("x = \"\"\"a\nimport torch\n\"\"\"; import re", &["re"]),
            ("x = [\nimport_me,\n]", &[]),
            ("try:\n    import numpy\nexcept ImportError: pass", &[]),
            ("if x: y = 1; import numpy", &[]),
            ("'''\nimport numpy\n'''", &[]),
            ("# '''\n# import numpy", &[]),
            ("x = '#'  # import torch", &[]),
            ("from here on import nothing", &[]),
            ("import this way or that", &[]),
            ("import this, which has a comma", &[]),
            ("importing numpy", &[]),
            ("from . import x\nfrom .y import z", &[]),
            ("import", &[]),
            ("", &[]),
        ] {
            assert_eq!(imported_packages(text), expected, "{text}");
        }
    }

    #[test]
    fn the_lines_of_an_import_are_all_of_its_lines() {
        let text = lines("import re\n\nfrom a import (\n    b,  # )\n)\nx = 1\n");
        let found = imports(&text);
        assert_eq!(found.iter().map(|import| import.lines.clone()).collect::<Vec<_>>(), [0..1, 2..5]);
    }
}
