//! From the tables of a file to a [`Problem`], with everything checked that can be checked without running anything.

use indexmap::IndexMap;
use toml::Spanned;

use crate::problem::format::{
    ComparisonTable, ExpectedVerdict, FormatFault, LimitsTable, ProblemFile, SetFile, Signature,
    SolutionTable, TestTable, WrongTable, is_name,
};
use crate::problem::{
    Comparison, Facts, FileName, Language, Problem, ProblemLimits, ProgramFiles, Solution, Test, TestBody,
    TestKind,
};
use crate::python::is_identifier;
use crate::value::Value;

/// What is wrong, and at which byte of the file; `None` where the whole file is at fault.
type Located = (Option<usize>, FormatFault);

/// Checks `set.toml`.
pub(super) fn check_set(set: &SetFile) -> Result<(), (usize, FormatFault)> {
    for (field, text) in [("name", &set.name), ("version", &set.version), ("licence", &set.licence)] {
        not_empty(field, text)?;
    }
    if !is_name(set.name.get_ref()) {
        let name = set.name.get_ref().clone();
        return Err((set.name.span().start, FormatFault::Name { what: "the set's name", name }));
    }
    if set.languages.get_ref().is_empty() {
        return Err((set.languages.span().start, FormatFault::Empty { field: "languages".into() }));
    }
    let tags = &set.natural_languages;
    if tags.get_ref().is_empty() || tags.get_ref().iter().any(|tag| tag.trim().is_empty()) {
        return Err((tags.span().start, FormatFault::Empty { field: "natural_languages".into() }));
    }
    check_limits(&set.limits)?;
    let rules = &set.comparison;
    for (field, kind, rule) in [
        ("comparison.calls", TestKind::Calls, &rules.calls),
        ("comparison.stdio", TestKind::Stdio, &rules.stdio),
    ] {
        if let Some(rule) = rule {
            check_comparison(field, kind, rule)?;
        }
    }
    Ok(())
}

/// Makes a problem of a file.
pub(super) fn problem(stem: &str, file: ProblemFile, set: &SetFile) -> Result<Problem, Located> {
    if !is_name(stem) {
        return Err((None, FormatFault::Name { what: "the file's name", name: stem.to_owned() }));
    }
    let somewhere = |(byte, fault): (usize, FormatFault)| (Some(byte), fault);
    let kind = file.kind;
    let language = language(&file, set).map_err(somewhere)?;
    not_empty("title", &file.title).map_err(somewhere)?;
    let signature = signature(&file)?;
    let statements = statements(&file, set).map_err(somewhere)?;
    check_limits(&file.limits).map_err(somewhere)?;
    let comparison = comparison(&file, set).map_err(somewhere)?;
    let setup = setup(&file).map_err(somewhere)?;
    let constraints = constraints(&file).map_err(somewhere)?;
    let files = ProgramFiles {
        input: file_name("input_file", kind, file.input_file.as_ref()).map_err(somewhere)?,
        output: file_name("output_file", kind, file.output_file.as_ref()).map_err(somewhere)?,
    };

    let none = |table, advice| (None, FormatFault::None { table, advice });
    if file.examples.is_empty() {
        return Err(none(
            "examples",
            "add at least one test that the model may see, so that it knows the shape",
        ));
    }
    if file.tests.is_empty() {
        return Err(none("tests", "add hidden tests; without them an answer could return the examples"));
    }
    if file.solutions.is_empty() {
        return Err(none(
            "solutions",
            "add a right one; it shows that the tests can be passed, and sets limits",
        ));
    }
    let tables = |name: &'static str, visible, tables: Vec<Spanned<TestTable>>| {
        let signature = signature.as_ref();
        tables.into_iter().map(move |table| test(name, table, kind, signature, visible))
    };
    let tests = tables("examples", true, file.examples).chain(tables("tests", false, file.tests));
    let tests = tests.collect::<Result<Vec<_>, _>>().map_err(somewhere)?;
    let references = file.solutions.into_iter().map(solution).collect::<Result<Vec<_>, _>>();
    let wrong = file.wrong.into_iter().map(wrong).collect::<Result<Vec<_>, _>>();

    let problem = Problem {
        interpreter: set.interpreter,
        statements,
        starter_code: file.signature.map(|text| text.get_ref().trim().to_owned()),
        parameters: signature.as_ref().map(|signature| signature.parameters.clone()).unwrap_or_default(),
        entry_point: signature.map(|signature| signature.name),
        input_constraints: constraints,
        references: references.map_err(somewhere)?,
        wrong: wrong.map_err(somewhere)?,
        setup,
        files,
        tests,
        comparison,
        limits: limits(&file.limits, &set.limits),
        facts: Facts {
            title: Some(file.title.into_inner()),
            difficulty: Some(file.difficulty.name().to_owned()),
            tags: file.tags,
            ..Facts::default()
        },
        ..Problem::new(format!("{}/{stem}", set.name.get_ref()), language)
    };
    if problem.reference().is_none() {
        return Err((None, FormatFault::NoReference { language }));
    }
    Ok(problem)
}

fn not_empty(field: &str, text: &Spanned<String>) -> Result<(), (usize, FormatFault)> {
    if text.get_ref().trim().is_empty() {
        return Err((text.span().start, FormatFault::Empty { field: field.to_owned() }));
    }
    Ok(())
}

fn language(file: &ProblemFile, set: &SetFile) -> Result<Language, (usize, FormatFault)> {
    let languages = set.languages.get_ref();
    let language = match &file.language {
        None => languages[0], // check_set saw that there is one
        Some(language) => {
            let (at, language) = (language.span().start, *language.get_ref());
            if !languages.contains(&language) {
                return Err((at, FormatFault::Language { language }));
            }
            language
        }
    };
    if file.kind != TestKind::Stdio && language != Language::Python {
        let at = file.language.as_ref().map_or(0, |language| language.span().start);
        return Err((at, FormatFault::KindNeedsPython { kind: file.kind, language }));
    }
    Ok(language)
}

fn signature(file: &ProblemFile) -> Result<Option<Signature>, Located> {
    let field = || "signature".to_owned();
    match (&file.signature, file.kind) {
        (None, TestKind::Stdio) => Ok(None),
        (None, kind) => Err((None, FormatFault::MissingForKind { field: field(), kind })),
        (Some(text), kind @ TestKind::Stdio) => {
            Err((Some(text.span().start), FormatFault::AlienToKind { field: field(), kind }))
        }
        (Some(text), _) => Signature::parse(text.get_ref(), is_identifier)
            .map(Some)
            .map_err(|error| (Some(text.span().start), FormatFault::Signature(error))),
    }
}

fn statements(file: &ProblemFile, set: &SetFile) -> Result<IndexMap<String, String>, (usize, FormatFault)> {
    let tags = set.natural_languages.get_ref();
    let statements = file.statement.get_ref();
    for (tag, text) in statements {
        not_empty(&format!("statement.{tag}"), text)?;
        if !tags.contains(tag) {
            return Err((text.span().start, FormatFault::UnknownNaturalLanguage { tag: tag.clone() }));
        }
    }
    if let Some(tag) = tags.iter().find(|&tag| !statements.contains_key(tag)) {
        return Err((file.statement.span().start, FormatFault::MissingStatement { tag: tag.clone() }));
    }
    Ok(statements.iter().map(|(tag, text)| (tag.clone(), text.get_ref().clone())).collect())
}

fn setup(file: &ProblemFile) -> Result<String, (usize, FormatFault)> {
    let Some(setup) = &file.setup else { return Ok(String::new()) };
    not_empty("setup", setup)?;
    if file.kind != TestKind::Assertions {
        let fault = FormatFault::AlienToKind { field: "setup".into(), kind: file.kind };
        return Err((setup.span().start, fault));
    }
    Ok(setup.get_ref().clone())
}

/// The name of a file that programs read or write.
fn file_name(
    field: &'static str,
    kind: TestKind,
    name: Option<&Spanned<String>>,
) -> Result<Option<FileName>, (usize, FormatFault)> {
    let Some(name) = name else { return Ok(None) };
    let at = name.span().start;
    if kind != TestKind::Stdio {
        return Err((at, FormatFault::AlienToKind { field: field.to_owned(), kind }));
    }
    let name = FileName::try_from(name.get_ref().clone());
    name.map(Some).map_err(|source| (at, FormatFault::FileName { field, source }))
}

fn constraints(file: &ProblemFile) -> Result<Vec<String>, (usize, FormatFault)> {
    let constraints = &file.inputs.constraints;
    constraints.iter().try_for_each(|text| not_empty("inputs.constraints", text))?;
    Ok(constraints.iter().map(|text| text.get_ref().clone()).collect())
}

fn check_limits(limits: &LimitsTable) -> Result<(), (usize, FormatFault)> {
    match &limits.seconds {
        Some(seconds) if !(*seconds.get_ref() > 0.0 && seconds.get_ref().is_finite()) => {
            let (field, value) = ("limits.seconds".to_owned(), *seconds.get_ref());
            Err((
                seconds.span().start,
                FormatFault::Number { field, value, advice: "write a number above 0" },
            ))
        }
        _ => Ok(()),
    }
}

fn limits(own: &LimitsTable, set: &LimitsTable) -> ProblemLimits {
    let seconds = |limits: &LimitsTable| limits.seconds.as_ref().map(|seconds| *seconds.get_ref());
    ProblemLimits {
        fuel: own.fuel.or(set.fuel),
        seconds: seconds(own).or(seconds(set)),
        memory: own.memory.or(set.memory),
    }
}

fn comparison(file: &ProblemFile, set: &SetFile) -> Result<Comparison, (usize, FormatFault)> {
    let kind = file.kind;
    if let Some(rule) = &file.comparison {
        if kind == TestKind::Assertions {
            return Err((rule.span().start, FormatFault::AlienToKind { field: "comparison".into(), kind }));
        }
        check_comparison("comparison", kind, rule)?;
        return Ok(rule.get_ref().0.clone());
    }
    let (of_set, default) = match kind {
        TestKind::Assertions => (None, Comparison::default()),
        TestKind::Calls => (set.comparison.calls.as_ref(), Comparison::Values),
        TestKind::Stdio => (set.comparison.stdio.as_ref(), Comparison::TrimmedLines),
    };
    Ok(of_set.map_or(default, |rule| rule.get_ref().0.clone()))
}

fn check_comparison(
    field: &str,
    kind: TestKind,
    rule: &Spanned<ComparisonTable>,
) -> Result<(), (usize, FormatFault)> {
    let at = rule.span().start;
    let fault = |answers, advice| {
        Err((at, FormatFault::Comparison { field: format!("{field}.rule"), answers, kind, advice }))
    };
    match kind {
        TestKind::Stdio if !rule.get_ref().0.compares_texts() => {
            fault("texts", "use exact, trimmed_lines, tokens, numbers, unordered or checker")
        }
        TestKind::Calls if !rule.get_ref().0.compares_values() => {
            fault("values", "use values, exact, numbers, unordered or checker")
        }
        _ => match &rule.get_ref().0 {
            Comparison::Checker { source } if source.trim().is_empty() => {
                Err((at, FormatFault::Empty { field: format!("{field}.source") }))
            }
            Comparison::Numbers { absolute, relative } => [("absolute", *absolute), ("relative", *relative)]
                .into_iter()
                .try_for_each(|(name, value)| {
                    let advice = "a tolerance is a number from 0 up";
                    let field = format!("{field}.{name}");
                    if value >= 0.0 && value.is_finite() {
                        Ok(())
                    } else {
                        Err((at, FormatFault::Number { field, value, advice }))
                    }
                }),
            _ => Ok(()),
        },
    }
}

/// A test, from a table in `examples` or `tests`.
fn test(
    name: &str,
    table: Spanned<TestTable>,
    kind: TestKind,
    signature: Option<&Signature>,
    visible: bool,
) -> Result<Test, (usize, FormatFault)> {
    let at = table.span().start;
    let TestTable { arguments, expected, assertion, input, output } = table.into_inner();
    let alien = |fields: &[(&str, &Option<Spanned<String>>)]| {
        fields.iter().find_map(|(field, text)| Some((field, text.as_ref()?))).map_or(
            Ok(()),
            |(field, text)| {
                Err((text.span().start, FormatFault::AlienToKind { field: format!("{name}.{field}"), kind }))
            },
        )
    };
    let needed = |field: &str, text: Option<Spanned<String>>| {
        text.ok_or_else(|| (at, FormatFault::MissingForKind { field: format!("{name}.{field}"), kind }))
    };
    let body = match kind {
        TestKind::Calls => {
            alien(&[("assertion", &assertion), ("input", &input), ("output", &output)])?;
            let arguments = needed("arguments", arguments)?;
            let expected = needed("expected", expected)?;
            let field = format!("{name}.arguments");
            let literal_fault = |field: String, text: &Spanned<String>, source| {
                (text.span().start, FormatFault::Literal { field, source })
            };
            let values = Value::parse_literals(arguments.get_ref())
                .map_err(|error| literal_fault(field.clone(), &arguments, error))?;
            if let Some(signature) = signature.filter(|signature| !signature.takes(values.len())) {
                let (function, takes) = (signature.name.clone(), signature.takes_in_words());
                let fault = FormatFault::Arguments { field, given: values.len(), function, takes };
                return Err((arguments.span().start, fault));
            }
            let expected = Value::parse_literal(expected.get_ref())
                .map_err(|error| literal_fault(format!("{name}.expected"), &expected, error))?;
            TestBody::Call { arguments: values, expected: Some(expected) }
        }
        TestKind::Assertions => {
            let others =
                [("arguments", &arguments), ("expected", &expected), ("input", &input), ("output", &output)];
            alien(&others)?;
            let source = needed("assertion", assertion)?;
            not_empty(&format!("{name}.assertion"), &source)?;
            TestBody::Assertions { source: source.into_inner(), calls_check: false }
        }
        TestKind::Stdio => {
            alien(&[("arguments", &arguments), ("expected", &expected), ("assertion", &assertion)])?;
            let input = needed("input", input)?.into_inner();
            TestBody::Stdio { input, expected: needed("output", output)?.into_inner() }
        }
    };
    Ok(if visible { Test::visible(body) } else { Test::hidden(body) })
}

fn solution(table: Spanned<SolutionTable>) -> Result<Solution, (usize, FormatFault)> {
    let SolutionTable { name, language, source } = table.into_inner();
    not_empty("solutions.name", &name)?;
    not_empty("solutions.source", &source)?;
    Ok(Solution { language, ..Solution::new(name.into_inner(), source.into_inner()) })
}

fn wrong(table: Spanned<WrongTable>) -> Result<Solution, (usize, FormatFault)> {
    let WrongTable { name, language, verdict, source } = table.into_inner();
    not_empty("wrong.name", &name)?;
    not_empty("wrong.source", &source)?;
    let verdict = verdict.map(ExpectedVerdict::name).map(str::to_owned);
    Ok(Solution { language, verdict, ..Solution::new(name.into_inner(), source.into_inner()) })
}
