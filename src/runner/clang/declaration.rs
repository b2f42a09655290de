//! What a problem's prompt declares, for tests that are compiled apart from the program.

use super::wide::{Kind, Lexeme, tokens};

/// A prompt without the body of the function that a program goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    /// The text, as far as that function's declaration, and whole.
    pub text: String,
    /// The function's name.
    pub function: String,
}

impl Declaration {
    /// That of a prompt, which ends within a function.
    pub(super) fn of(prompt: &str) -> Option<Declaration> {
        let tokens = tokens(prompt);
        let text = |token: &Lexeme| &prompt[token.start..token.end];
        let open = open_braces(prompt, &tokens);
        let body = *open.last()?;
        // The name stands before the parameters, which end before the body.
        let before = &tokens[..body];
        let end = before.iter().rposition(|token| text(token) == ")")?;
        let mut depth = 0;
        let start = before[..=end].iter().rposition(|token| {
            depth += match text(token) {
                ")" => 1,
                "(" => -1,
                _ => 0,
            };
            depth == 0
        })?;
        let name = before[..start].last().filter(|token| token.kind == Kind::Word)?;
        let mut declared = prompt[..tokens[body].start].trim_end().to_owned();
        declared.push(';');
        open[..open.len() - 1].iter().for_each(|_| declared.push_str("\n};"));
        declared.push('\n');
        Some(Declaration { text: declared, function: text(name).to_owned() })
    }

    /// Whether a symbol is that function, or a variant of it for other parameters.
    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        let name = &self.function;
        symbol == name || symbol.starts_with("_Z") && symbol.contains(&format!("{}{name}", name.len()))
    }
}

/// How many more braces a text opens than it closes.
pub(super) fn braces_left_open(source: &str) -> usize {
    open_braces(source, &tokens(source)).len()
}

/// Which tokens are braces that are not closed.
fn open_braces(source: &str, tokens: &[Lexeme]) -> Vec<usize> {
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match &source[token.start..token.end] {
            "{" => open.push(index),
            "}" => drop(open.pop()),
            _ => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_that_is_left_open_is_declared() {
        let prompt = "#include <vector>\nstruct A { int x() { return 1; } };\n// f({\nbool f(std::vector<float> a,\n    int (*g)(int)) noexcept {\n  // here\n";
        let declaration = Declaration::of(prompt).unwrap();
        assert_eq!(declaration.function, "f");
        assert!(
            declaration
                .text
                .ends_with("// f({\nbool f(std::vector<float> a,\n    int (*g)(int)) noexcept;\n")
        );
        assert!(declaration.is_symbol("f") && declaration.is_symbol("_Z1fSt6vectorIfE"));
        assert!(!declaration.is_symbol("memcmp") && !declaration.is_symbol("_Z2gf"));
        let method = Declaration::of("class Solution {\npublic:\n    int two(int a) {").unwrap();
        assert_eq!(method.text, "class Solution {\npublic:\n    int two(int a);\n};\n");
        for whole in ["", "int f(int a);", "int f(int a) { return 1; }", "struct A {", "{"] {
            assert_eq!(Declaration::of(whole), None, "{whole}");
        }
        assert_eq!(braces_left_open("int f() { if (1) { '{'; }"), 1);
    }
}
