//! Every command that the documents and the help texts show is one that the command line takes.

use std::fs;
use std::path::Path;

use clap::{Command, CommandFactory};

use super::Cli;
use super::asking::AskArguments;
use super::built_in::BuiltInArguments;
use super::judging::JudgeArguments;
use super::prompting::PromptArguments;

/// The words of a line as a shell makes them, up to what is no part of the command: a comment, a pipe, a redirection.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut quote, mut in_word) = (None, false);
    for character in line.chars() {
        match (quote, character) {
            (Some(open), character) if open == character => quote = None,
            (Some(_), character) => word.push(character),
            (None, '"' | '\'') => (quote, in_word) = (Some(character), true),
            (None, character) if character.is_whitespace() => {
                if std::mem::take(&mut in_word) {
                    words.push(std::mem::take(&mut word));
                }
            }
            (None, '#' | '|' | '>') if !in_word => break,
            (None, character) => {
                word.push(character);
                in_word = true;
            }
        }
    }
    if in_word {
        words.push(word);
    }
    words
}

/// The command in a line: from `karat` on, behind variables and what is piped into it; or behind cargo.
fn command_in(line: &str) -> Option<Vec<String>> {
    let line = line.trim();
    let line = line.strip_prefix("$ ").unwrap_or(line);
    let own = match line.strip_prefix("cargo run --release -- ") {
        Some(arguments) => format!("karat {arguments}"),
        None => line.rsplit(" | ").next().unwrap_or(line).to_owned(),
    };
    let mut words = words(&own);
    while words.first().is_some_and(|word| word.contains('=') && word.starts_with(|c: char| c.is_uppercase()))
    {
        words.remove(0);
    }
    (words.first().map(String::as_str) == Some("karat") && words.len() > 1).then_some(words)
}

fn check(place: &str, line: &str) -> bool {
    let Some(words) = command_in(line) else { return false };
    // A pattern stands for several files.
    let words = words.into_iter().flat_map(|word| match word.strip_suffix('*') {
        Some(folder) => vec![format!("{folder}one"), format!("{folder}other")],
        None => vec![word],
    });
    if let Err(error) = Cli::command().try_get_matches_from(words) {
        assert!(
            matches!(
                error.kind(),
                clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayVersion
            ),
            "{place}: {line}\n{error}"
        );
    }
    true
}

#[test]
fn commands_in_documents_are_ones_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = 0;
    let names = [
        "README.md",
        "CONTRIBUTING.md",
        "docs/files.md",
        "docs/python.md",
        "docs/threat-model.md",
        "reports/sample/README.md",
    ];
    for name in names {
        let text = fs::read_to_string(root.join(name)).unwrap();
        for line in text.lines().filter(|line| line.starts_with("    ")) {
            found += usize::from(check(name, line));
        }
    }
    assert!(found > 40, "only {found} commands were found");
}

#[test]
fn commands_in_help_texts_are_ones_that_are_there() {
    fn each(command: &Command, found: &mut usize) {
        const WIDTH: usize = 80;
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in help.lines().filter(|line| line.starts_with("  ")) {
            assert!(
                line.chars().count() <= WIDTH,
                "{}: does not fit {WIDTH} columns: {line}",
                command.get_name()
            );
        }
        // A backslash at its end makes one line of two.
        for line in help.replace("\\\n", "").lines().filter(|line| line.starts_with("  ")) {
            *found += usize::from(check(command.get_name(), line));
        }
        for inner in command.get_subcommands() {
            each(inner, found);
        }
    }
    let mut found = 0;
    each(&Cli::command(), &mut found);
    assert!(found > 60, "only {found} commands were found");
}

#[test]
fn options_stand_under_the_headings_that_are_theirs() {
    fn options<T: clap::Args>() -> Vec<String> {
        let command = T::augment_args(Command::new("x"));
        command.get_arguments().map(|option| option.get_id().to_string()).collect()
    }
    let theirs = [
        ("Asking", options::<AskArguments>()),
        ("Built-in model", options::<BuiltInArguments>()),
        ("Prompt", options::<PromptArguments>()),
        ("Judging", options::<JudgeArguments>()),
    ];
    fn each(command: &Command, theirs: &[(&str, Vec<String>)], found: &mut usize) {
        for option in command.get_arguments() {
            let Some(heading) = option.get_help_heading() else { continue };
            let Some((_, own)) = theirs.iter().find(|(name, _)| *name == heading) else { continue };
            assert!(
                own.contains(&option.get_id().to_string()),
                "{}: {option} under {heading}",
                command.get_name()
            );
            *found += 1;
        }
        for inner in command.get_subcommands() {
            each(inner, theirs, found);
        }
    }
    let mut found = 0;
    each(&Cli::command(), &theirs, &mut found);
    assert!(found > 60, "only {found} options were found");
}

#[test]
fn lines_are_split_as_a_shell_does() {
    let command = |line: &str| command_in(line).map(|words| words.join("·"));
    assert_eq!(command("    karat report runs  # all").as_deref(), Some("karat·report·runs"));
    assert_eq!(
        command("cat a | karat score - S --title \"two words\" > out").as_deref(),
        Some("karat·score·-·S·--title·two words")
    );
    assert_eq!(command("KARAT_LOG=x karat run S").as_deref(), Some("karat·run·S"));
    assert_eq!((command("karat"), command("cargo test")), (None, None));
}
