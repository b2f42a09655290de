//! Markup of statements and programs, and templates of prompts: of any text, markup has no tags but those that Karat
//! writes.

#![no_main]

use karat::complete::prompt::{PromptOptions, fuzzing::template};
use karat::problem::{Language, Problem};
use karat::report::site::fuzzing::{program, statement};
use libfuzzer_sys::fuzz_target;

const TAGS: [&str; 5] = ["p", "code", "pre", "div", "span"];

fuzz_target!(|text: &str| {
    for markup in [statement(text), program(text, Language::Python), program(text, Language::Rust)] {
        for tag in markup.split('<').skip(1) {
            let tag = tag.trim_start_matches('/');
            let end = tag.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(tag.len());
            assert!(TAGS.contains(&&tag[..end]), "{tag:?} in {markup:?}");
        }
    }
    if let Ok(template) = template(text) {
        let mut problem = Problem::new("t", Language::Python);
        problem.statements.insert("en".into(), "Add.".into());
        let _ = template.render(&problem, &PromptOptions::default());
    }
});
