//! Whether the annotations of a program can be left for later, as Python 3.14 does: whether evaluating them where they
//! stand, as earlier versions did, has no effect and can not fail.

use std::collections::HashSet;

use super::statements::{Statement, annotations, split, statements};
use super::tokens::{PlacedToken, TokenKind, tokens};

/// Builtin types, and whether each takes types in brackets.
const BUILTIN: [(&str, bool); 13] = [
    ("bool", false),
    ("bytes", false),
    ("complex", false),
    ("dict", true),
    ("float", false),
    ("frozenset", true),
    ("int", false),
    ("list", true),
    ("object", false),
    ("set", true),
    ("str", false),
    ("tuple", true),
    ("type", true),
];

/// Names of `typing` that no other module of the library gives another meaning, each with how many types it takes in
/// brackets; `None` is any number.
const TYPING: [(&str, Option<usize>); 18] = [
    ("Any", Some(0)),
    ("Collection", Some(1)),
    ("DefaultDict", Some(2)),
    ("Deque", Some(1)),
    ("Dict", Some(2)),
    ("FrozenSet", Some(1)),
    ("Hashable", Some(0)),
    ("Iterable", Some(1)),
    ("Iterator", Some(1)),
    ("List", Some(1)),
    ("Mapping", Some(2)),
    ("MutableSequence", Some(1)),
    ("Optional", Some(1)),
    ("Sequence", Some(1)),
    ("Set", Some(1)),
    ("Tuple", None),
    ("Type", Some(1)),
    ("Union", None),
];

/// With these a program can change what a name means without naming it.
const BEHIND_THE_SCENES: [&str; 15] = [
    "__builtins__",
    "__dict__",
    "__globals__",
    "__import__",
    "__setattr__",
    "builtins",
    "delattr",
    "eval",
    "exec",
    "f_builtins",
    "f_globals",
    "globals",
    "locals",
    "modules",
    "setattr",
];

/// Modules of which `import *` binds none of the names above.
const WITHOUT_TYPES: [&str; 8] =
    ["bisect", "collections", "functools", "heapq", "itertools", "math", "random", "string"];

/// Whether each annotation of a program is made of nothing but types that are there by then: builtin ones that the
/// program does not bind, and those of `typing` that it imports further up at its left margin, or that what was
/// executed `before` it has so imported, and that it does not bind otherwise. In doubt they are not.
pub(crate) fn can_wait(before: &str, program: &str) -> bool {
    let tokens = tokens(program);
    let statements = statements(&tokens);
    let is_annotation = annotations(&tokens, &statements);
    if !is_annotation.contains(&true) {
        return true;
    }
    if tokens.iter().any(|token| token.kind == TokenKind::Name && BEHIND_THE_SCENES.contains(&token.text)) {
        return false;
    }
    // What is bound further down counts, too: the program may come by again.
    let mut bound = HashSet::new();
    for statement in &statements {
        let Some(names) = bound_names(&tokens[statement.tokens.clone()], statement, &is_annotation) else {
            return false;
        };
        bound.extend(names);
    }
    let tokens_before = self::tokens(before);
    let mut imported: HashSet<&str> = self::statements(&tokens_before)
        .iter()
        .flat_map(|statement| from_typing(before, &tokens_before[statement.tokens.clone()]))
        .collect();
    for Statement { tokens: range, .. } in &statements {
        imported.extend(from_typing(program, &tokens[range.clone()]));
        let there = There { bound: &bound, imported: &imported };
        let of_statement = range.clone().filter(|&index| is_annotation[index]).collect::<Vec<_>>();
        for annotation in of_statement.chunk_by(|one, next| one + 1 == *next) {
            let found = &tokens[annotation[0]..annotation[0] + annotation.len()];
            if !there.is_type(&found[1..]) {
                return false;
            }
        }
    }
    true
}

/// The names that a statement may bind, and more, but for those that it imports from `typing`; none if it can not be
/// told.
fn bound_names<'a>(
    tokens: &[PlacedToken<'a>],
    statement: &Statement,
    is_annotation: &[bool],
) -> Option<Vec<&'a str>> {
    let is_annotation = &is_annotation[statement.tokens.clone()];
    let first = tokens.first()?;
    let mut bound = match first.text {
        "import" | "from" if tokens.last().is_some_and(|last| last.is("*")) => {
            let module = tokens.get(1)?.text;
            (module == "typing" || WITHOUT_TYPES.contains(&module)).then(Vec::new)?
        }
        "from" if is_from_typing(tokens) => Vec::new(),
        "import" | "from" | "del" | "global" | "nonlocal" | "case" => names(tokens).collect(),
        "class" => tokens.get(1).map(|name| name.text).into_iter().collect(),
        "def" | "async" => parameters(tokens, is_annotation),
        _ => assigned(tokens, is_annotation),
    };
    let mut target_of_for = false;
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "for" => target_of_for = true,
            "in" => target_of_for = false,
            "as" => bound.extend(names(&tokens[at + 1..])),
            ":=" if at > 0 => bound.push(tokens[at - 1].text),
            _ if target_of_for => bound.extend(names(&tokens[at..=at])),
            _ => {}
        }
    }
    Some(bound)
}

fn names<'a>(tokens: &[PlacedToken<'a>]) -> impl Iterator<Item = &'a str> {
    tokens.iter().filter(|token| token.kind == TokenKind::Name).map(|token| token.text)
}

/// The name and the parameters of a function, by its header.
fn parameters<'a>(tokens: &[PlacedToken<'a>], is_annotation: &[bool]) -> Vec<&'a str> {
    let begins_one = |before: &PlacedToken| {
        before.is_keyword("def") || ["(", "[", ",", "*", "**"].iter().any(|mark| before.is(mark))
    };
    let is_outermost = |at: usize| tokens[at].depth <= tokens[0].depth + 1;
    let found = (1..tokens.len()).filter(|&at| is_outermost(at) && begins_one(&tokens[at - 1]));
    found.filter(|&at| !is_annotation[at]).flat_map(|at| names(&tokens[at..=at])).collect()
}

/// The names to the left of the last assignment, but for what is an attribute or a function that is called.
fn assigned<'a>(tokens: &[PlacedToken<'a>], is_annotation: &[bool]) -> Vec<&'a str> {
    let assigns = |token: &PlacedToken| {
        token.depth == tokens[0].depth
            && token.kind == TokenKind::Operator
            && token.text.ends_with('=')
            && !matches!(token.text, "==" | "!=" | "<=" | ">=" | ":=")
    };
    let end = tokens.iter().rposition(assigns).unwrap_or(0);
    let is_target = |&at: &usize| {
        let is_attribute = at > 0 && tokens[at - 1].is(".");
        !is_attribute && !tokens[at + 1].is("(") && !is_annotation[at]
    };
    (0..end).filter(is_target).flat_map(|at| names(&tokens[at..=at])).collect()
}

/// Whether a statement is `from typing import …`, with no name changed by `as`.
fn is_from_typing(tokens: &[PlacedToken]) -> bool {
    matches!(tokens, [from, module, import, ..]
        if from.is_keyword("from") && module.text == "typing" && import.is_keyword("import"))
        && !tokens.iter().any(|token| token.is_keyword("as"))
}

/// What a statement at the left margin imports from `typing`, of the names that are known.
fn from_typing<'a>(program: &str, tokens: &[PlacedToken<'a>]) -> Vec<&'a str> {
    let at_margin = |first: &PlacedToken| first.start == 0 || program[..first.start].ends_with('\n');
    if !tokens.first().is_some_and(at_margin) || !is_from_typing(tokens) {
        return Vec::new();
    }
    let all = tokens.last().is_some_and(|last| last.is("*"));
    let is_imported = |name: &str| all || tokens.iter().any(|token| token.text == name);
    TYPING.iter().map(|(name, _)| *name).filter(|name| is_imported(name)).collect()
}

/// What names mean where an annotation stands.
#[derive(Clone, Copy)]
struct There<'a> {
    /// What the program binds by itself, somewhere.
    bound: &'a HashSet<&'a str>,
    /// What there is of `typing`.
    imported: &'a HashSet<&'a str>,
}

impl There<'_> {
    /// Whether tokens are a type, or alternatives divided by `|`, whose evaluation does not fail.
    fn is_type(self, tokens: &[PlacedToken]) -> bool {
        let Some(depth) = tokens.first().map(|first| first.depth) else { return false };
        let alternatives = split(0..tokens.len(), |at| tokens[at].is("|") && tokens[at].depth == depth);
        // `None | None` has no meaning.
        let nothing = alternatives.iter().filter(|range| is_none(&tokens[(*range).clone()])).count();
        (alternatives.len() == 1 || nothing <= 1)
            && alternatives.into_iter().all(|range| self.is_alternative(&tokens[range]))
    }

    fn is_alternative(self, tokens: &[PlacedToken]) -> bool {
        let [name, arguments @ ..] = tokens else { return false };
        if is_none(tokens) {
            return true;
        }
        let arguments = match arguments {
            [] => None,
            [open, arguments @ .., close] if open.is("[") && close.is("]") && close.depth == open.depth => {
                Some(arguments)
            }
            _ => return false,
        };
        if name.kind != TokenKind::Name || self.bound.contains(name.text) {
            return false;
        }
        if let Some((_, takes_types)) = BUILTIN.iter().find(|(builtin, _)| *builtin == name.text) {
            return arguments.is_none_or(|arguments| *takes_types && self.types(arguments).is_some());
        }
        let known = TYPING.iter().find(|(known, _)| *known == name.text && self.imported.contains(known));
        let Some((_, expected)) = known else { return false };
        let count = match arguments {
            // Only in brackets are these a part of another type.
            None => return !matches!(name.text, "Optional" | "Union"),
            Some(arguments) => self.types(arguments),
        };
        count.is_some_and(|count| expected.is_none_or(|expected| expected == count))
    }

    /// How many types there are, if all are.
    fn types(self, tokens: &[PlacedToken]) -> Option<usize> {
        let depth = tokens.first()?.depth;
        let arguments = split(0..tokens.len(), |at| tokens[at].is(",") && tokens[at].depth == depth);
        let count = arguments.len();
        arguments.into_iter().all(|range| self.is_type(&tokens[range])).then_some(count)
    }
}

fn is_none(tokens: &[PlacedToken]) -> bool {
    matches!(tokens, [one] if one.is_keyword("None"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPED: &str = "from typing import List, Dict, Tuple, Optional, Union, Any\n";

    #[test]
    fn types_that_are_there_can_wait() {
        for program in [
            "def f(x, y=1):\n    return x\n",
            "def f(x: int, *rest: str, y: float = 1.5, **more: bool) -> None:\n    pass\n",
            "def f(x: list[int], y: dict[str, tuple[int, str]]) -> set[int] | None:\n    pass\n",
            "class A:\n    def f(self, x: object) -> bytes: return x\n",
            "def f(x: int = int('3')):\n    y: list = [str(x) for z in range(3)]\n    self.list = y\n",
            "def f(x: int): return lambda y: {1: y}[x:y]\n",
            "\"\"\"of: Any\"\"\"\ndef f(x: int): ...\n",
        ] {
            assert!(can_wait("", program), "{program}");
        }
        for program in [
            "def f(x: List[int], y: Dict[str, List[Any]]) -> Tuple[int, str, float]:\n    pass\n",
            "def f(x: Optional[List[int]]) -> Union[int, None, str]:\n    pass\n",
            "def f(x: List) -> List[int] | None:\n    from typing import List\n",
        ] {
            assert!(can_wait("", &format!("{TYPED}{program}")), "{program}");
            assert!(can_wait(TYPED, program), "{program}");
            assert!(can_wait("from typing import *\n", program), "{program}");
            assert!(!can_wait("", program), "{program}");
        }
    }

    #[test]
    fn what_may_fail_or_do_something_can_not_wait() {
        for program in [
            "def f(x: List[int]): pass\nfrom typing import List\n",
            "if x:\n    from typing import List\ndef f(x: List[int]): pass\n",
            "from typing import List as list\ndef f(x: list[int]): pass\n",
            "from typing import Dict\ndef f(x: List[int]): pass\n",
            "from numpy import *\ndef f(x: int): pass\n",
            "def f(x: Node): pass\n",
            "def f(x: print()): pass\n",
            "def f(x: 1 / 0): pass\n",
            "def f(x: int[str]): pass\n",
            "def f(x: list[0]): pass\n",
            "def f(x: None | None): pass\n",
            "def f() -> int.bit: pass\n",
            "def f() -> list[int][str]: pass\n",
            "x: y = 1\n",
            "def f(x: 'List[int'): pass\n",
            "int = 3\ndef f(x: list[int]): pass\n",
            "def f(x: list[int]): pass\nfor a, (list, b) in c: pass\n",
            "def f(x: list): pass\nwith a as (b, list): pass\n",
            "def f(x: list): pass\n(list, *b) = c = d\n",
            "def f(x: list): pass\nif (list := 3): pass\n",
            "def f(x: list): pass\nimport list\n",
            "def f(x: list): pass\nfrom a import (b as list)\n",
            "def f(x: list): pass\ndef list(): pass\n",
            "def f(x: list): pass\nclass list: pass\n",
            "def f(x: list): pass\ndel list\n",
            "def f(list):\n    def g(x: list): pass\n",
            "def f(x: list): pass\nlist += 1\n",
            "def f(x: list): pass\nglobals()['list'] = 1\n",
            "def f(x: list): pass\nexec('del list')\n",
            "def f(x: list): pass\nmatch a:\n    case list: pass\n",
            "def f[T](x: T) -> T: pass\n",
        ] {
            assert!(!can_wait("", program), "{program}");
        }
        for program in [
            "def f(x: List[int, str]): pass\n",
            "def f(x: Dict[int]): pass\n",
            "def f(x: Any[int]): pass\n",
            "def f(x: List[Optional]): pass\n",
            "def f(x: List[]): pass\n",
            "List = 3\ndef f(x: List[int]): pass\n",
        ] {
            assert!(!can_wait("", &format!("{TYPED}{program}")), "{program}");
        }
    }
}
