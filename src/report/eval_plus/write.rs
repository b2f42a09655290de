//! A run as EvalPlus has it: samples, and results beside them from which it prints its scores.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{FAIL, PASS, TIMEOUT};
use crate::files;
use crate::judge::verdict::{Judgement, TestCounts, Verdict};
use crate::problem::{Dataset, Problem, ProblemSet, StoreError, TaskId, TestBody, TestGroup};
use crate::record::{RecordError, RunDirectory, SampleReader};
use crate::shown::shown;
use crate::value::Value;

/// The problem whose arguments are sets and empty dictionaries. EvalPlus writes both as lists.
const SETS_AND_DICTIONARIES: &str = "Mbpp/115";

/// Where the samples go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportPlace {
    /// To a file of JSON lines.
    File(PathBuf),
    /// To a folder, as programs: `HumanEval_0/0.py`.
    Folder(PathBuf),
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The results.
    pub results: PathBuf,
    /// How many samples there are.
    pub samples: u64,
}

/// Why a run was not written. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The run can not be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A problem can not be read back.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder has something in it.
    #[error("{}: is not empty; name a new folder", shown(path.display()))]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A name can not be that of a folder.
    #[error(
        "the problem {} can not be the name of a folder; write the samples to a file, as in samples.jsonl",
        shown(task_id)
    )]
    Name {
        /// The problem.
        task_id: TaskId,
    },
    /// A file can not be written.
    #[error("can not write {}", shown(path.display()))]
    Write {
        /// The file of results.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ExportPlace {
    /// What a path is meant as, by its name.
    pub fn of(path: &Path) -> ExportPlace {
        if path.extension().is_some_and(|extension| extension == "jsonl") && !path.is_dir() {
            ExportPlace::File(path.to_owned())
        } else {
            ExportPlace::Folder(path.to_owned())
        }
    }

    /// Where EvalPlus looks for the results of these samples.
    pub fn results(&self) -> PathBuf {
        match self {
            ExportPlace::File(path) => {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                path.with_file_name(format!("{name}_eval_results.json"))
            }
            ExportPlace::Folder(path) => path.join("eval_results.json"),
        }
    }
}

/// A line of a samples file.
#[derive(Serialize)]
struct SampleLine<'a> {
    task_id: &'a str,
    solution: &'a str,
}

/// Writes the samples of a finished run, and their results beside them: samples by problem in the order of the set.
///
/// # Errors
///
/// When the run can not be read, or the files not be written.
pub fn export(run: &RunDirectory, set: &ProblemSet, place: &ExportPlace) -> Result<Exported, ExportError> {
    let results = place.results();
    if let ExportPlace::Folder(path) = place {
        fs::create_dir_all(path).map_err(not_written(path))?;
        if !files::names(path).map_err(not_written(path))?.is_empty() {
            return Err(ExportError::NotEmpty { path: path.clone() });
        }
    }
    let mut samples = 0;
    match place {
        ExportPlace::File(path) => files::write_whole(path, |out| {
            samples = each_program(run, set, |task_id, _, solution| {
                serde_json::to_writer(&mut *out, &SampleLine { task_id: task_id.as_str(), solution })
                    .map_err(|error| not_written(path)(error.into()))?;
                out.write_all(b"\n").map_err(not_written(path))
            })?;
            Ok::<(), Failed>(())
        })
        .map_err(|failed| failed.of(path))?,
        ExportPlace::Folder(folder) => {
            samples = each_program(run, set, |task_id, number, solution| {
                let path = folder.join(folder_name(task_id)?).join(format!("{number}.py"));
                let written = path.parent().map_or(Ok(()), fs::create_dir_all);
                written.and_then(|()| fs::write(&path, solution)).map_err(not_written(&path))
            })?;
        }
    }
    files::write_whole(&results, |out| write_results(run, set, out)).map_err(|failed| failed.of(&results))?;
    Ok(Exported { results, samples })
}

/// What keeps a file from being written: the system, or what is to be written.
enum Failed {
    Io(io::Error),
    Export(ExportError),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Failed {
        Failed::Io(error)
    }
}

impl From<ExportError> for Failed {
    fn from(error: ExportError) -> Failed {
        Failed::Export(error)
    }
}

impl Failed {
    fn of(self, path: &Path) -> ExportError {
        match self {
            Failed::Io(error) => not_written(path)(error),
            Failed::Export(error) => error,
        }
    }
}

fn not_written(path: &Path) -> impl Fn(io::Error) -> ExportError {
    move |source| ExportError::Write { path: path.to_owned(), source }
}

/// EvalPlus reads the `_` of a folder's name as the `/` of a task's.
fn folder_name(task_id: &TaskId) -> Result<String, ExportError> {
    let name = task_id.as_str();
    let is_odd = name.is_empty() || name.starts_with('.') || name.contains(['_', '\0']);
    if is_odd {
        return Err(ExportError::Name { task_id: task_id.clone() });
    }
    Ok(name.replace('/', "_"))
}

/// Calls a function with each whole program of a run, by problem, and its number; tells how many there are.
fn each_program(
    run: &RunDirectory,
    set: &ProblemSet,
    mut each: impl FnMut(&TaskId, usize, &str) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    let mut samples = 0;
    let reader = SampleReader::open(run)?;
    for task_id in tasks(run, set) {
        let problem = set.problem(task_id.as_str())?;
        for (number, recorded) in reader.samples(task_id.as_str())?.into_iter().enumerate() {
            each(task_id, number, &recorded.completion.answer().program_for(&problem))?;
            samples += 1;
        }
    }
    Ok(samples)
}

fn tasks<'a>(run: &'a RunDirectory, set: &ProblemSet) -> Vec<&'a TaskId> {
    let mut tasks: Vec<&TaskId> = run.index().tasks().map(|(task_id, _)| task_id).collect();
    tasks.sort_by_key(|task_id| set.position(task_id.as_str()));
    tasks
}

/// A sample in the results, up to the inputs that it failed on: these may be numbers that JSON does not have.
#[derive(Serialize)]
struct ResultLine<'a> {
    task_id: &'a str,
    solution: &'a str,
    base_status: &'static str,
    plus_status: Option<&'static str>,
}

fn write_results(run: &RunDirectory, set: &ProblemSet, out: &mut impl Write) -> Result<(), Failed> {
    let manifest = run.manifest();
    let date = manifest.date.map_or_else(String::new, |date| format!("{date} 00:00"));
    let (date, hash) = (json(&date)?, json(&manifest.problems.digest)?);
    write!(out, "{{\"date\": {date}, \"hash\": {hash}, \"eval\": {{")?;
    let reader = SampleReader::open(run).map_err(ExportError::from)?;
    for (place, task_id) in tasks(run, set).into_iter().enumerate() {
        let problem = set.problem(task_id.as_str()).map_err(ExportError::from)?;
        let before = if place > 0 { ", " } else { "" };
        write!(out, "{before}{}: [", json(task_id.as_str())?)?;
        for (number, recorded) in
            reader.samples(task_id.as_str()).map_err(ExportError::from)?.into_iter().enumerate()
        {
            let Some(verdict) = &recorded.verdict else { continue };
            let statuses = Statuses::of(verdict.judgements.counted(), &problem, set.dataset);
            let line = ResultLine {
                task_id: task_id.as_str(),
                solution: &recorded.completion.answer().program_for(&problem),
                base_status: statuses.base,
                plus_status: statuses.plus,
            };
            let line = json(&line)?;
            let (before, fields) = (if number > 0 { ", " } else { "" }, line.trim_end_matches('}'));
            let [base, plus] = statuses.failing(&problem);
            write!(out, "{before}{fields}, \"base_fail_tests\": {base}, \"plus_fail_tests\": {plus}}}")?;
        }
        write!(out, "]")?;
    }
    writeln!(out, "}}}}")?;
    Ok(())
}

fn json(value: &(impl Serialize + ?Sized)) -> io::Result<String> {
    Ok(serde_json::to_string(value)?)
}

/// What EvalPlus says of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Statuses {
    base: &'static str,
    /// Nothing where the added tests did not run, since a base test failed before, or since there are none.
    plus: Option<&'static str>,
    /// The test that failed, if it was one.
    failing: Option<usize>,
}

impl Statuses {
    fn of(judgement: &Judgement, problem: &Problem, dataset: Dataset) -> Statuses {
        let has_plus = matches!(dataset, Dataset::HumanEvalPlus | Dataset::MbppPlus);
        let status = match judgement.verdict {
            Verdict::Passed => PASS,
            Verdict::OutOfFuel { .. } => TIMEOUT,
            _ => FAIL,
        };
        let if_plus = |status| has_plus.then_some(status);
        if status == PASS {
            return Statuses { base: PASS, plus: if_plus(PASS), failing: None };
        }
        // Of no program it is not said on which input it failed first.
        let is_program = !matches!(
            judgement.verdict,
            Verdict::SyntaxError(_) | Verdict::CompileError { .. } | Verdict::NoCode
        );
        match judgement.tests.filter(|_| is_program) {
            Some(TestCounts { base_passed: Some(true), failed, .. }) => {
                Statuses { base: PASS, plus: if_plus(status), failing: index(failed) }
            }
            Some(TestCounts { failed, .. }) => Statuses { base: status, plus: None, failing: index(failed) },
            // Of a problem with a single test, that it failed is all there is to know.
            None if is_program && problem.tests.len() == 1 => {
                Statuses { base: status, plus: None, failing: Some(0) }
            }
            // The program itself is at fault, whatever the input.
            None => Statuses { base: status, plus: if_plus(status), failing: None },
        }
    }

    /// The inputs that it failed on, of the base tests and of the added ones, in JSON as Python writes it.
    fn failing(&self, problem: &Problem) -> [String; 2] {
        let test = self.failing.and_then(|index| problem.tests.get(index));
        let mut fields = ["[]".to_owned(), "[]".to_owned()];
        if let Some((group, TestBody::Call { arguments, .. })) = test.map(|test| (test.group, &test.body)) {
            let empty_is_list = problem.task_id.as_str() == SETS_AND_DICTIONARIES;
            let plain = |argument: &Value| plain(argument, empty_is_list);
            let arguments = Value::List(arguments.iter().map(plain).collect());
            if let Some(input) = arguments.to_json() {
                fields[usize::from(group == TestGroup::Plus)] = format!("[{input}]");
            }
        }
        fields
    }
}

fn index(failed: Option<u32>) -> Option<usize> {
    failed.and_then(|index| usize::try_from(index).ok())
}

/// A value with what JSON has in place of what it has not: lists of sets, and the text of anything else.
fn plain(value: &Value, empty_is_list: bool) -> Value {
    let inner = |value: &Value| plain(value, empty_is_list);
    match value {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => {
            Value::List(items.iter().map(inner).collect())
        }
        Value::Dict(entries) if entries.is_empty() && empty_is_list => Value::List(Vec::new()),
        Value::Dict(entries) => {
            let plain = Value::Dict(entries.iter().map(|(key, value)| (key.clone(), inner(value))).collect());
            if plain.to_json().is_some() { plain } else { Value::Str(value.repr()) }
        }
        other if other.to_json().is_some() => other.clone(),
        other => Value::Str(other.repr()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::verdict::Mismatch;
    use crate::problem::{Language, Test};
    use crate::sandbox::Fuel;

    fn problem(arguments: &[(TestGroup, Value)]) -> Problem {
        let test = |(group, argument): &(TestGroup, Value)| Test {
            visible: false,
            group: *group,
            body: TestBody::Call { arguments: vec![argument.clone()], expected: None },
        };
        Problem {
            tests: arguments.iter().map(test).collect(),
            ..Problem::new("HumanEval/0", Language::Python)
        }
    }

    fn judgement(verdict: Verdict, failed: Option<u32>, base_passed: Option<bool>) -> Judgement {
        let counts = TestCounts { total: 3, run: 2, passed: 1, unknown: 0, failed, base_passed };
        Judgement { tests: failed.map(|_| counts), ..Judgement::without_execution(verdict) }
    }

    #[test]
    fn statuses_are_those_of_the_two_groups_of_tests() {
        let set = Value::Set(vec![Value::Int(1)]);
        let tests = [(TestGroup::Base, Value::Tuple(vec![set])), (TestGroup::Base, Value::Complex(1.0, 2.0))];
        let tests = [&tests[..], &[(TestGroup::Plus, Value::Float(f64::NAN))]].concat();
        let problem = problem(&tests);
        let wrong = || Verdict::WrongAnswer(Mismatch::default());
        let slow = Verdict::OutOfFuel { limit: Fuel(1) };
        for (judgement, base, plus, inputs) in [
            (judgement(Verdict::Passed, None, None), "pass", Some("pass"), ["[]", "[]"]),
            (judgement(wrong(), Some(0), Some(false)), "fail", None, ["[[[[1]]]]", "[]"]),
            (judgement(slow, Some(1), Some(false)), "timeout", None, ["[[\"(1+2j)\"]]", "[]"]),
            (judgement(wrong(), Some(2), Some(true)), "pass", Some("fail"), ["[]", "[[NaN]]"]),
            (judgement(Verdict::NoCode, Some(0), Some(false)), "fail", Some("fail"), ["[]", "[]"]),
        ] {
            let statuses = Statuses::of(&judgement, &problem, Dataset::HumanEvalPlus);
            assert_eq!((statuses.base, statuses.plus), (base, plus), "{judgement:?}");
            assert_eq!(statuses.failing(&problem), inputs);
            assert_eq!(
                Statuses::of(&judgement, &problem, Dataset::HumanEval).plus.filter(|_| base == "pass"),
                None
            );
        }
    }

    #[test]
    fn results_are_where_eval_plus_looks_for_them() {
        assert_eq!(ExportPlace::of(Path::new("a/b.jsonl")).results(), Path::new("a/b_eval_results.json"));
        assert_eq!(ExportPlace::of(Path::new("a/b")).results(), Path::new("a/b/eval_results.json"));
        assert_eq!(folder_name(&"Mbpp/2".into()).unwrap(), "Mbpp_2");
        assert!(folder_name(&"a_b/2".into()).unwrap_err().to_string().contains("samples.jsonl"));
        assert!(folder_name(&"../x".into()).is_err());
    }
}
