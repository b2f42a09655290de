//! Programming languages of problems, whether or not Karat can run them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! languages {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $(, $alias:literal)*;)*) => {
        /// The programming language of a problem's solutions. Which of them run is [`Language::runs_here`]'s to tell.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[schemars(description = "A programming language.")]
        pub enum Language {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Language {
            /// Every language that Karat knows by name.
            pub const ALL: &'static [Language] = &[$(Language::$variant),*];

            /// The name in records, and of the folder in `runners/` where there is one.
            pub fn name(self) -> &'static str {
                match self { $(Language::$variant => $name,)* }
            }

            /// The language of that name, or of a short name that published sets use (`py`, `js`, `rs`), in any case.
            pub fn from_name(name: &str) -> Option<Language> {
                let is = |other: &str| name.eq_ignore_ascii_case(other);
                $(if is($name) $(|| is($alias))* { return Some(Language::$variant); })*
                None
            }
        }
    };
}

// The short names are those of MultiPL-E's files.
languages! {
    /// Python 3.
    Python = "python", "py", "python3";
    /// Ada.
    Ada = "ada", "adb";
    /// C.
    C = "c";
    /// Clojure.
    Clojure = "clojure", "clj";
    /// C++.
    Cpp = "cpp", "c++";
    /// C#.
    CSharp = "csharp", "cs", "c#";
    /// D.
    D = "d";
    /// Dart.
    Dart = "dart";
    /// Elixir.
    Elixir = "elixir";
    /// Go.
    Go = "go", "go_test.go";
    /// Haskell.
    Haskell = "haskell", "hs";
    /// Java.
    Java = "java";
    /// JavaScript.
    JavaScript = "javascript", "js";
    /// Julia.
    Julia = "julia", "jl";
    /// Kotlin.
    Kotlin = "kotlin", "kt";
    /// Lua.
    Lua = "lua";
    /// OCaml.
    OCaml = "ocaml", "ml";
    /// Perl.
    Perl = "perl", "pl";
    /// PHP.
    Php = "php";
    /// R.
    R = "r";
    /// Racket.
    Racket = "racket", "rkt";
    /// Ruby.
    Ruby = "ruby", "rb";
    /// Rust.
    Rust = "rust", "rs";
    /// Scala.
    Scala = "scala";
    /// Bash.
    Shell = "shell", "sh", "bash";
    /// Swift.
    Swift = "swift";
    /// TypeScript.
    TypeScript = "typescript", "ts";
}

/// An interpreter of a language beside its usual one, for programs that need what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Interpreter {
    /// CPython with numpy, pandas, SciPy, scikit-learn, matplotlib and what is used with them.
    #[serde(rename = "python-scientific")]
    PythonScientific,
}

impl Interpreter {
    /// The name in records, and of its runner.
    pub fn name(self) -> &'static str {
        match self {
            Interpreter::PythonScientific => "python-scientific",
        }
    }
}

impl fmt::Display for Interpreter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_records_and_every_name_leads_back() {
        for &language in Language::ALL {
            assert_eq!(serde_json::to_value(language).unwrap(), language.name());
            assert_eq!(Language::from_name(language.name()), Some(language));
        }
        assert_eq!(Language::from_name("PY"), Some(Language::Python));
        assert_eq!(Language::from_name("brainfuck"), None);
    }
}
