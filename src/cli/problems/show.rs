//! `karat problems show`: one problem, without what is hidden unless that is asked for.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use clap::Args;
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value as Json;

use crate::cli::shared::FormatArguments;
use crate::cli::{Ending, Format};
use crate::problem::load::load;
use crate::problem::locate::{find_task, split_task};
use crate::problem::{
    Comparison, Facts, Language, Problem, ProblemLimits, ProblemSet, ProgramFiles, Solution, Test, TestBody,
    TestGroup, TestKind,
};
use crate::report::fitting::{prose, prose_behind};
use crate::report::printable;
use crate::shown::shown;

/// Show a problem: facts, statement, signature and visible tests.
///
/// Hidden tests stay hidden, so that a problem can be shown without giving its answers away; --reveal shows them, and
/// the right and wrong solutions.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  karat problems show HumanEval.jsonl.gz/HumanEval/0
  karat problems show starter/two-sum --language zh
  karat problems show problems/starter/two-sum --reveal --format json")]
pub(super) struct ShowProblemArguments {
    /// The set, by path or name, a slash, and the problem.
    #[arg(value_name = "SET/TASK")]
    task: String,

    /// The natural language of the statement, by its tag [default: the problem's first].
    #[arg(long, value_name = "TAG")]
    language: Option<String>,

    /// Show hidden tests, the checker, and right and wrong solutions too.
    #[arg(long)]
    reveal: bool,

    #[command(flatten)]
    output: FormatArguments,
}

/// A problem as it is shown. What is hidden is not in it, so that no way of writing it can let it out.
#[derive(Debug, Serialize)]
struct View {
    task_id: String,
    set: String,
    format: &'static str,
    version: Option<String>,
    language: Language,
    #[serde(flatten)]
    facts: Facts,
    /// Every statement, or the one that was asked for.
    statements: IndexMap<String, String>,
    signature: Option<String>,
    prompt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<String>,
    entry_point: Option<String>,
    /// Where input and output are, beside the standard streams.
    #[serde(skip_serializing_if = "ProgramFiles::is_empty")]
    files: ProgramFiles,
    input_constraints: Vec<String>,
    kinds: Vec<TestKind>,
    /// The rule, for tests by calls and stdio.
    comparison: Option<Json>,
    limits: ProblemLimits,
    visible_tests: Vec<ShownTest>,
    hidden_tests: usize,
    references: usize,
    wrong: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    revealed: Option<Revealed>,
}

/// What --reveal adds.
#[derive(Debug, Serialize)]
struct Revealed {
    setup: String,
    checker: Option<String>,
    hidden_tests: Vec<ShownTest>,
    references: Vec<Solution>,
    wrong: Vec<Solution>,
}

/// A test, with values as Python writes them.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ShownTest {
    Assertions { group: TestGroup, source: String },
    Calls { group: TestGroup, arguments: String, expected: Option<String> },
    Stdio { group: TestGroup, input: String, output: String },
}

pub(super) fn run(arguments: &ShowProblemArguments) -> anyhow::Result<Ending> {
    let (path, task) = split_task(&arguments.task)?;
    let set = load(&path, None)?;
    let task_id = find_task(&set, task)?;
    let mut problem = set.problem(task_id.as_str())?;
    if let Some(tag) = &arguments.language {
        let tags: Vec<&str> = problem.statements.keys().map(String::as_str).collect();
        anyhow::ensure!(
            problem.statements.contains_key(tag),
            "--language {tag}: {task_id} is {}",
            if tags.is_empty() {
                "stated in its prompt alone; leave --language out".to_owned()
            } else {
                format!("stated in {}", tags.join(", "))
            }
        );
        problem.statements.retain(|other, _| other == tag);
    }
    let view = View::new(&set, problem, arguments.reveal);
    let mut out = io::stdout().lock();
    match arguments.output.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&view)?)?,
        Format::Table => {
            let colour = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
            out.write_all(Page { text: String::new(), colour }.write(&view).as_bytes())?;
        }
    }
    Ok(Ending::Done)
}

impl View {
    fn new(set: &ProblemSet, problem: Problem, reveal: bool) -> View {
        let kinds = problem.kinds();
        let (visible, hidden): (Vec<Test>, Vec<Test>) =
            problem.tests.into_iter().partition(|test| test.visible);
        let compares = kinds.iter().any(|kind| *kind != TestKind::Assertions);
        let mut comparison = compares.then(|| serde_json::to_value(&problem.comparison).unwrap_or_default());
        if let Some(fields) = comparison.as_mut().and_then(Json::as_object_mut) {
            fields.shift_remove("source");
        }
        let checker = match problem.comparison {
            Comparison::Checker { source } => Some(source),
            _ => None,
        };
        View {
            task_id: problem.task_id.to_string(),
            set: set.name.clone(),
            format: set.dataset.name(),
            version: set.version.clone(),
            language: problem.language,
            facts: problem.facts,
            statements: problem.statements,
            signature: problem.starter_code,
            prompt: problem.prompt,
            suffix: problem.suffix,
            entry_point: problem.entry_point,
            files: problem.files,
            input_constraints: problem.input_constraints,
            kinds,
            comparison,
            limits: problem.limits,
            visible_tests: visible.into_iter().map(ShownTest::new).collect(),
            hidden_tests: hidden.len(),
            references: problem.references.len(),
            wrong: problem.wrong.len(),
            revealed: reveal.then(|| Revealed {
                setup: problem.setup,
                checker,
                hidden_tests: hidden.into_iter().map(ShownTest::new).collect(),
                references: problem.references,
                wrong: problem.wrong,
            }),
        }
    }
}

impl ShownTest {
    fn new(test: Test) -> ShownTest {
        let group = test.group;
        match test.body {
            TestBody::Assertions { source, .. } => ShownTest::Assertions { group, source },
            TestBody::Stdio { input, expected } => ShownTest::Stdio { group, input, output: expected },
            TestBody::Call { arguments, expected } => {
                let arguments: Vec<String> = arguments.iter().map(|value| value.repr()).collect();
                let expected = expected.map(|value| value.repr());
                ShownTest::Calls { group, arguments: arguments.join(", "), expected }
            }
        }
    }
}

/// The text that is written for people.
struct Page {
    text: String,
    colour: bool,
}

/// What the heading of the statement begins with.
const STATEMENT: &str = "Statement";

impl Page {
    fn write(mut self, view: &View) -> String {
        let title = view.facts.title.as_deref().map(|title| format!(" · {title}")).unwrap_or_default();
        self.heading(&format!("{}{title}", view.task_id));
        self.facts(view);
        if let Some((tag, statement)) = view.statements.first() {
            let others: Vec<&str> = view.statements.keys().skip(1).map(String::as_str).collect();
            let also =
                if others.is_empty() { String::new() } else { format!("; also {}", others.join(", ")) };
            self.section(&format!("{STATEMENT} ({tag}{also})"), statement);
        }
        if let Some(signature) = &view.signature {
            self.section("Signature", signature);
        }
        if !view.prompt.is_empty() {
            self.section("Prompt", &view.prompt);
        }
        if let Some(suffix) = &view.suffix {
            self.section("After the completion", suffix);
        }
        let named = [("input", &view.files.input), ("output", &view.files.output)];
        let files: Vec<String> = named
            .iter()
            .filter_map(|(what, name)| Some(format!("{what}: {}", shown((*name).as_ref()?.as_str()))))
            .collect();
        if !files.is_empty() {
            self.section("Files", &files.join("\n"));
        }
        let entry_point = view.entry_point.as_deref().unwrap_or("solution");
        self.tests("Visible test", &view.visible_tests, entry_point);
        let Some(revealed) = &view.revealed else {
            if view.hidden_tests > 0 {
                let plural = if view.hidden_tests == 1 { "" } else { "s" };
                let hidden = view.hidden_tests;
                let _ = writeln!(self.text, "\n{hidden} hidden test{plural}; --reveal shows what is hidden.");
            }
            return self.text;
        };
        if !revealed.setup.is_empty() {
            self.section("Setup of the tests", &revealed.setup);
        }
        self.tests("Hidden test", &revealed.hidden_tests, entry_point);
        if let Some(checker) = &revealed.checker {
            self.section("Checker", checker);
        }
        for (what, solutions) in [("Right", &revealed.references), ("Wrong", &revealed.wrong)] {
            for solution in solutions {
                let language = solution.language.map(|language| format!(" ({language})")).unwrap_or_default();
                let verdict = solution.verdict.as_deref().map(|verdict| format!(" [{verdict}]"));
                let heading = format!("{what}{language}: {}{}", solution.name, verdict.unwrap_or_default());
                self.section(&heading, &solution.source);
            }
        }
        self.text
    }

    fn facts(&mut self, view: &View) {
        let version = view.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        let runner = if view.language.runs_here() { "" } else { " (no runner)" };
        let facts = &view.facts;
        let kinds: Vec<&str> = view.kinds.iter().map(|kind| kind.name()).collect();
        let (visible, hidden) = (view.visible_tests.len(), view.hidden_tests);
        let tests = format!("{visible} visible, {hidden} hidden, by {}", kinds.join(" and "));
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let lines = [
            ("set", format!("{}{version} ({})", view.set, view.format)),
            ("language", format!("{}{runner}", view.language)),
            ("difficulty", text(&facts.difficulty)),
            ("tags", facts.tags.join(", ")),
            ("source", text(&facts.source)),
            ("date", facts.date.map(|date| date.to_string()).unwrap_or_default()),
            ("url", text(&facts.url)),
            ("tests", tests),
            ("comparison", view.comparison.as_ref().map(comparison).unwrap_or_default()),
            ("limits", limits(&view.limits)),
            ("solutions", format!("{} right, {} wrong", view.references, view.wrong)),
            ("inputs", view.input_constraints.join("\n             ")),
        ];
        for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
            let line = format!("  {name:<10} {}", printable(value));
            let _ = writeln!(self.text, "{}", prose_behind(&line, 13));
        }
    }

    fn tests(&mut self, name: &str, tests: &[ShownTest], entry_point: &str) {
        for (index, test) in tests.iter().enumerate() {
            let name = format!("{name} {}", index + 1);
            match test {
                ShownTest::Assertions { source, .. } => self.section(&name, &shortened(source)),
                ShownTest::Calls { arguments, expected, .. } => {
                    let expected = expected.as_deref().unwrap_or("what the reference solution returns");
                    let call = format!("{entry_point}({})", shortened(arguments));
                    self.section(&name, &format!("{call}\n→ {}", shortened(expected)));
                }
                ShownTest::Stdio { input, output, .. } => {
                    self.section(&format!("{name}: input"), &shortened(input));
                    self.section(&format!("{name}: output"), &shortened(output));
                }
            }
        }
    }

    fn heading(&mut self, heading: &str) {
        let (on, off) = if self.colour { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        let _ = writeln!(self.text, "{on}{}{off}", printable(heading));
    }

    fn section(&mut self, heading: &str, content: &str) {
        self.text.push('\n');
        self.heading(heading);
        for line in printable(content).trim_matches('\n').lines() {
            let line = if line.is_empty() { String::new() } else { format!("  {line}") };
            // Programs and tests stay as they are.
            let _ =
                writeln!(self.text, "{}", if heading.starts_with(STATEMENT) { prose(&line) } else { line });
        }
    }
}

/// The rule's name and its parameters.
fn comparison(rule: &Json) -> String {
    let fields = rule.as_object().into_iter().flatten();
    let parts = fields.map(|(name, value)| match value {
        Json::String(text) if name == "rule" => text.clone(),
        Json::String(text) => format!("{name} {text}"),
        other => format!("{name} {other}"),
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn limits(limits: &ProblemLimits) -> String {
    let parts = [
        limits.fuel.map(|fuel| format!("{} G of fuel", fuel.0 as f64 / 1e9)),
        limits.seconds.map(|seconds| format!("{seconds} s")),
        limits.memory.map(|memory| format!("{} MiB of memory", memory.0 as f64 / f64::from(1 << 20))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The beginning of a long text. JSON has it whole.
fn shortened(text: &str) -> String {
    const MOST: usize = 2000;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => {
            let more = text[end..].chars().count();
            format!("{}… ({more} more characters; --format json has them all)", &text[..end])
        }
    }
}
