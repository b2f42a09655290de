//! `karat problems templates`: what prompts are made of.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde::Serialize;

use crate::cli::lines::{self, tell};
use crate::cli::shared::FormatArguments;
use crate::cli::{Ending, Format};
use crate::complete::prompt::Templates;
use crate::report::columns::{Column, TextTable};
use crate::shown::shown;

/// Show the templates that prompts are made of, or copy them to be changed.
///
/// A template is a TOML file of `description`, `kind` and texts in the language of Jinja. Of kind "chat" it has `system`
/// (which may be missing) and `user`; of kind "completion", for models that go on with a text, `text` and perhaps `suffix`.
/// The texts may name what a model may see of a problem: title, statement, prompt (code to go on with), suffix (what
/// follows the gap), starter_code, entry_point, language (Python), fence (python), is_function, assertions, and examples,
/// each with input and expected. Hidden tests and solutions are not among it.
///
/// A table `[shots]` has `count` problems shown solved before the task: as `user` and `assistant` of a chat, or as `text`,
/// which may name solution, too. They are the set's own problems with the tag few-shot that have a reference solution; in a
/// set of your own, write `tags = ["few-shot"]` into the files of some.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat problems templates
  karat problems templates chat-function
  karat problems templates chat-function --to my-prompts
  karat run mine --model openai:gpt-5 --prompts my-prompts
  karat run mine --model openai:gpt-5 --prompt chat-few-shot")]
pub(super) struct TemplatesArguments {
    /// The templates to show whole, or to copy [default: all].
    #[arg(value_name = "TEMPLATE")]
    names: Vec<String>,

    /// Copy them into this folder, which --prompts then takes. Nothing that is there is overwritten.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,

    #[command(flatten)]
    output: FormatArguments,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    template: &'a str,
    description: &'a str,
    /// What is in its file.
    text: &'static str,
}

pub(super) fn run(arguments: &TemplatesArguments) -> anyhow::Result<Ending> {
    let templates = Templates::built_in()?;
    for name in &arguments.names {
        templates.get(name)?;
    }
    let is_wanted = |name: &str| arguments.names.is_empty() || arguments.names.iter().any(|one| one == name);
    let rows: Vec<Row<'_>> = templates
        .list()
        .filter(|(template, _)| is_wanted(template))
        .filter_map(|(template, description)| {
            Some(Row { template, description, text: Templates::source(template)? })
        })
        .collect();
    if let Some(folder) = &arguments.to {
        copy(&rows, folder)?;
        return Ok(Ending::Done);
    }
    let mut out = lines::stdout(arguments.output.format);
    match arguments.output.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?,
        Format::Table if arguments.names.is_empty() => {
            let table = TextTable::new(vec![
                Column::link("template", 0, rows.iter().map(|row| row.template.to_owned())),
                Column::text("for", 0, rows.iter().map(|row| row.description.to_owned())),
            ]);
            writeln!(out, "{table}")?;
            writeln!(
                out,
                "`karat problems templates TEMPLATE` shows one; --to FOLDER copies them to be changed."
            )?;
        }
        Format::Table => {
            let mut out = lines::stdout(Format::Json); // as it is
            for (index, row) in rows.iter().enumerate() {
                let gap = if index > 0 { "\n" } else { "" };
                writeln!(out, "{gap}# {}.toml\n{}", row.template, row.text.trim_end())?;
            }
        }
    }
    Ok(Ending::Done)
}

fn copy(rows: &[Row<'_>], folder: &Path) -> anyhow::Result<()> {
    let path_of = |row: &Row<'_>| folder.join(format!("{}.toml", row.template));
    if let Some(taken) = rows.iter().map(path_of).find(|path| path.exists()) {
        bail!(
            "{}: is there already; name another folder, or the templates that it lacks",
            shown(taken.display())
        );
    }
    fs::create_dir_all(folder).with_context(|| format!("can not create {}", shown(folder.display())))?;
    for row in rows {
        let path = path_of(row);
        fs::write(&path, row.text).with_context(|| format!("can not write {}", shown(path.display())))?;
        tell(&format!("wrote {}", shown(path.display())));
    }
    Ok(())
}
