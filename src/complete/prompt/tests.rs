use std::path::PathBuf;

use proptest::prelude::*;

use super::super::query::GAP;
use super::*;
use crate::problem::load::load;
use crate::problem::{Language, Solution, Test, TestBody};
use crate::value::Value as PythonValue;

fn fixture(name: &str) -> ProblemSet {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats").join(name);
    load(&path, None).unwrap_or_else(|error| panic!("{error}"))
}

const FIXTURES: [&str; 13] = [
    "humaneval-plus.jsonl",
    "mbpp-plus.jsonl",
    "mbpp.jsonl",
    "mbpp-sanitized.json",
    "apps.jsonl",
    "code-contests.jsonl",
    "live-code-bench",
    "multipl-e-lua.jsonl",
    "multipl-e-py.jsonl",
    "published/bigcodebench.jsonl",
    "published/ds-1000.jsonl",
    "../mini.jsonl",
    "../infilling.jsonl",
];

fn problem(set: &str, task_id: &str) -> Problem {
    fixture(set).problem(task_id).unwrap_or_else(|error| panic!("{error}"))
}

/// A problem of Karat's own kind, which has statements in two languages and tests that may be seen.
fn own(stdio: bool) -> Problem {
    let mut problem = Problem::new("tides", Language::Python);
    problem.statements.insert("en".into(), "Add the numbers up.".into());
    problem.statements.insert("zh".into(), "把这些数加起来。".into());
    let list = PythonValue::List(vec![PythonValue::Int(1), PythonValue::Int(2)]);
    let (seen, hidden) = if stdio {
        let stdio =
            |input: &str, expected: &str| TestBody::Stdio { input: input.into(), expected: expected.into() };
        (stdio("1 2\n", "3\n"), stdio("4 5\n", "9\n"))
    } else {
        problem.entry_point = Some("total".into());
        problem.starter_code = Some("def total(numbers: list[int]) -> int:".into());
        let call =
            |arguments, expected| TestBody::Call { arguments, expected: Some(PythonValue::Int(expected)) };
        (call(vec![list.clone()], 3), call(vec![list], 99))
    };
    problem.tests = vec![Test::visible(seen), Test::hidden(hidden)];
    problem
}

/// Solved problems with tasks of their own.
fn solved() -> Vec<Problem> {
    (0..3)
        .map(|number| {
            let mut problem = Problem::new(format!("solved/{number}"), Language::Python);
            problem.statements.insert("en".into(), format!("Return {number}."));
            problem.statements.insert("zh".into(), format!("返回{number}。"));
            problem.references = vec![Solution::new("r", format!("def f{number}():\n    return {number}\n"))];
            let source = format!("assert f{number}() == {number}");
            problem.tests = vec![Test::visible(TestBody::Assertions { source, calls_check: false })];
            problem
        })
        .collect()
}

fn shown(template: &str, problem: &Problem) -> String {
    let options = PromptOptions { language: None, shots: solved() };
    let templates = Templates::built_in().unwrap();
    show(
        &templates.get(template).unwrap().render(problem, &options).unwrap_or_else(|error| panic!("{error}")),
    )
}

#[test]
fn every_template_on_a_problem() {
    insta::assert_snapshot!(
        "continue",
        shown("continue", &problem("../mini.jsonl", &first("../mini.jsonl")))
    );
    insta::assert_snapshot!(
        "chat_complete",
        shown("chat-complete", &problem("multipl-e-lua.jsonl", "HumanEval_900_double"))
    );
    insta::assert_snapshot!("chat_function", shown("chat-function", &problem("mbpp.jsonl", "Mbpp/11")));
    insta::assert_snapshot!("chat_function_own", shown("chat-function", &own(false)));
    insta::assert_snapshot!(
        "chat_function_mbpp_plus",
        shown("chat-function", &problem("mbpp-plus.jsonl", "Mbpp/2"))
    );
    insta::assert_snapshot!("chat_program", shown("chat-program", &own(true)));
    insta::assert_snapshot!("chat_apps_program", shown("chat-apps", &problem("apps.jsonl", "0")));
    insta::assert_snapshot!("chat_apps_function", shown("chat-apps", &problem("apps.jsonl", "1")));
    insta::assert_snapshot!(
        "chat_code_contests",
        shown("chat-code-contests", &problem("code-contests.jsonl", "1_A. Totals"))
    );
    insta::assert_snapshot!(
        "chat_live_code_bench_program",
        shown("chat-live-code-bench", &problem("live-code-bench", "9001_A"))
    );
    insta::assert_snapshot!(
        "chat_live_code_bench_method",
        shown("chat-live-code-bench", &problem("live-code-bench", "9002"))
    );
    let scaled = problem("published/bigcodebench.jsonl", "BigCodeBench/9008");
    insta::assert_snapshot!("chat_big_code_bench_complete", shown("chat-big-code-bench-complete", &scaled));
    insta::assert_snapshot!("chat_big_code_bench_instruct", shown("chat-big-code-bench-instruct", &scaled));
    let mirrored = problem("published/ds-1000.jsonl", "DS-1000/9001");
    insta::assert_snapshot!("chat_ds_1000", shown("chat-ds-1000", &mirrored));
    insta::assert_snapshot!("ds_1000", shown("ds-1000", &problem("published/ds-1000.jsonl", "DS-1000/9400")));
    insta::assert_snapshot!("chat_few_shot", shown("chat-few-shot", &problem("mbpp.jsonl", "Mbpp/11")));
    insta::assert_snapshot!("mbpp", shown("mbpp", &problem("mbpp.jsonl", "Mbpp/11")));
    let gap = problem("../infilling.jsonl", "infilling/vowels");
    insta::assert_snapshot!("infill", shown("infill", &gap));
    insta::assert_snapshot!("chat_infill", shown("chat-infill", &gap));
    insta::assert_snapshot!("text_function", shown("text-function", &own(false)));
    insta::assert_snapshot!("text_program", shown("text-program", &own(true)));
}

fn first(set: &str) -> String {
    fixture(set).task_ids().next().unwrap().to_string()
}

/// Puts a mark in everything of a problem that a model must not see.
fn marked(mut problem: Problem, mark: &str) -> Problem {
    for test in problem.tests.iter_mut().filter(|test| !test.visible) {
        let value = PythonValue::Str(mark.into());
        match &mut test.body {
            TestBody::Assertions { source, .. } => source.push_str(mark),
            TestBody::Call { arguments, expected } => {
                arguments.push(value.clone());
                *expected = Some(value);
            }
            TestBody::Stdio { input, expected } => {
                input.push_str(mark);
                expected.push_str(mark);
            }
        }
    }
    for solution in problem.references.iter_mut().chain(&mut problem.wrong) {
        solution.source.push_str(mark);
        solution.name.push_str(mark);
    }
    problem.setup.push_str(mark);
    problem
}

#[test]
fn no_template_shows_what_is_hidden() {
    const MARK: &str = "hidden-mark-7f3a";
    let templates = Templates::built_in().unwrap();
    let options = PromptOptions { language: None, shots: solved() };
    for set in FIXTURES {
        for problem in fixture(set).problems() {
            let problem = marked(problem.unwrap(), MARK);
            for (name, _) in templates.list() {
                let prompt = templates.get(name).unwrap().render(&problem, &options).unwrap();
                assert!(!show(&prompt).contains(MARK), "{name} of {}", problem.task_id);
            }
            // Not only do these templates not show it: there is none that could.
            let view = serde_json::to_string(&View::of(&problem, None).unwrap()).unwrap();
            assert!(!view.contains(MARK), "{}", problem.task_id);
        }
    }
}

#[test]
fn a_template_can_neither_go_on_for_ever_nor_fill_the_memory() {
    let error = |text: &str| {
        let file = format!("kind = \"completion\"\ndescription = \"\"\ntext = '{text}'\n");
        let template = Template::parse("endless", "endless.toml", &file).unwrap();
        template.render(&own(false), &PromptOptions::default()).unwrap_err().to_string()
    };
    for endless in [
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% for i in range(100000) %}{{ \"x\" * 10000 }}{% endfor %}",
    ] {
        let error = error(endless);
        assert!(
            error.starts_with("endless.toml: `text` can not be filled in for tides: it takes too long"),
            "{error}"
        );
    }
}

proptest! {
    #[test]
    fn no_problem_lets_a_template_show_what_is_hidden(
        texts in prop::collection::vec("[ -~\\n]{0,20}", 6),
        visible in prop::collection::vec(any::<bool>(), 0..4),
        stdio in any::<bool>(),
    ) {
        const MARK: &str = "\u{e000}hidden\u{e000}";
        let mut problem = own(stdio);
        problem.statements.insert("en".into(), texts[0].clone());
        problem.prompt = texts[1].clone();
        problem.starter_code = Some(texts[2].clone());
        problem.references = vec![Solution::new(texts[3].clone(), texts[4].clone())];
        for visible in visible {
            let source = texts[5].clone();
            problem.tests.push(Test { visible, ..Test::hidden(TestBody::Assertions { source, calls_check: false }) });
        }
        let problem = marked(problem, MARK);
        let options = PromptOptions { language: None, shots: solved() };
        let templates = Templates::built_in().unwrap();
        for (name, _) in templates.list() {
            let prompt = templates.get(name).unwrap().render(&problem, &options).unwrap();
            prop_assert!(!show(&prompt).contains('\u{e000}'), "{}", name);
        }
    }
}

#[test]
fn the_natural_language_is_chosen_and_a_missing_one_is_an_error_that_says_what_there_is() {
    let templates = Templates::built_in().unwrap();
    let template = templates.get("chat-program").unwrap();
    let render = |language: &str, problem: &Problem| {
        let options = PromptOptions { language: Some(language.to_owned()), ..PromptOptions::default() };
        template.render(problem, &options).map(|prompt| show(&prompt)).map_err(|error| error.to_string())
    };
    assert!(render("zh", &own(true)).unwrap().contains("把这些数加起来。"));
    assert!(render("en", &own(true)).unwrap().contains("Add the numbers up."));
    assert_eq!(
        render("de", &own(true)).unwrap_err(),
        "tides has no statement in \"de\"; choose among en, zh"
    );
    let prompt_alone = problem("multipl-e-py.jsonl", "HumanEval_900_double");
    let message =
        "HumanEval_900_double has no statement in \"zh\"; it has its prompt alone; leave the language out";
    assert_eq!(render("zh", &prompt_alone).unwrap_err(), message);
}

#[test]
fn a_completion_of_a_prompt_is_asked_for_with_the_prompt_as_it_is() {
    let templates = Templates::built_in().unwrap();
    let mut problem = own(false);
    problem.prompt = "def f(x):\n    \"\"\"{{ x }} {% y %} <b> & \"\"\"\n".into();
    let prompt = templates.get("continue").unwrap().render(&problem, &PromptOptions::default()).unwrap();
    assert_eq!(prompt, Prompt::Text(problem.prompt));
}

#[test]
fn a_problem_with_a_suffix_is_asked_for_with_both_as_they_are() {
    let templates = Templates::built_in().unwrap();
    let mut problem = own(false);
    let choose = |problem: &Problem, kind| {
        templates.choose_for(Dataset::HumanEval, problem, kind).unwrap().name.clone()
    };
    assert_eq!(choose(&problem, AnswerKind::Chat), "chat-complete");
    assert_eq!(choose(&problem, AnswerKind::Completion), "continue");
    problem.prompt = "def f(x):\n    return {{ x".into();
    let infill = templates.get("infill").unwrap();
    let alone = infill.render(&problem, &PromptOptions::default()).unwrap();
    assert_eq!(alone, Prompt::Text(problem.prompt.clone()));
    problem.suffix = Some(" }}\n".into());
    assert_eq!(choose(&problem, AnswerKind::Completion), "infill");
    let prompt = infill.render(&problem, &PromptOptions::default()).unwrap();
    let (prefix, suffix) = (problem.prompt.clone(), " }}\n".to_owned());
    assert_eq!(prompt, Prompt::Infill { prefix, suffix });
    assert_eq!(choose(&problem, AnswerKind::Chat), "chat-infill");
    let chat =
        show(&templates.get("chat-infill").unwrap().render(&problem, &PromptOptions::default()).unwrap());
    assert!(chat.contains(&format!("def f(x):\n    return {{{{ x{GAP} }}}}\n```")), "{chat}");
}

#[test]
fn solved_problems_come_from_the_set_and_are_never_the_problem_itself() {
    let set = fixture("mbpp.jsonl");
    let shots = shots_of(&set).unwrap();
    assert_eq!(shots.iter().map(|shot| shot.task_id.as_str()).collect::<Vec<_>>(), ["Mbpp/2"]);
    let templates = Templates::built_in().unwrap();
    let template = templates.get("mbpp").unwrap();
    let options = PromptOptions { language: None, shots };
    let error = template.render(&set.problem("Mbpp/11").unwrap(), &options).unwrap_err();
    assert!(matches!(error, PromptError::Shots { wanted: 3, there: 1, .. }), "{error}");

    let mut shots = solved();
    let itself = shots[0].clone();
    let options = PromptOptions { language: None, shots: shots.clone() };
    let prompt = show(&template.render(&itself, &options).unwrap());
    assert!(!prompt.contains("def f0") && prompt.contains("def f1") && prompt.contains("def f2"), "{prompt}");
    shots.truncate(1);
    assert!(template.render(&itself, &PromptOptions { language: None, shots }).is_err());
}

#[test]
fn every_set_has_a_template_for_every_kind_of_model() {
    let templates = Templates::built_in().unwrap();
    for dataset in Dataset::ALL {
        for kinds in [&[TestKind::Assertions][..], &[TestKind::Calls], &[TestKind::Stdio], &[]] {
            for kind in [AnswerKind::Chat, AnswerKind::Completion] {
                assert_eq!(templates.choose(dataset, kinds, kind).unwrap().kind(), kind);
            }
        }
    }
}

#[test]
fn a_users_template_takes_the_place_of_karats_and_faults_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let message = || Templates::with_folder(folder.path()).unwrap_err().to_string();
    write("notes.txt", "no template");
    write("continue.toml", "kind = 'completion'\ndescription = 'mine'\ntext = '# {{ task }}'\n");
    let templates = Templates::with_folder(folder.path()).unwrap();
    assert_eq!(templates.list().find(|(name, _)| *name == "continue"), Some(("continue", "mine")));
    let error =
        templates.get("continue").unwrap().render(&own(false), &PromptOptions::default()).unwrap_err();
    assert!(error.to_string().contains("continue.toml: `text` can not be filled in for tides"), "{error}");
    let error = templates.get("mine").unwrap_err().to_string();
    assert!(error.contains("\"mine\"; there are chat-apps, "), "{error}");
    write("bad.toml", "kind = 'chat'\ndescription = 'x'\nuser = '{% if %}'\n");
    assert!(message().contains("bad.toml: `user` is no template"), "{}", message());
    write("bad.toml", "kind = 'chat'\ndescription = 'x'\nuser = 'x'\nuzer = 'y'\n");
    assert!(message().contains("uzer"), "{}", message());
}

#[test]
fn what_is_shown_is_what_is_sent() {
    let message = |role, content: &str| Message { role, content: content.into() };
    let chat = Prompt::Chat(vec![message(Role::System, "Be brief."), message(Role::User, "Add\nup.")]);
    assert_eq!(show(&chat), "--- system\nBe brief.\n--- user\nAdd\nup.\n");
    assert_eq!(show(&Prompt::Text("def f():\n".into())), "def f():\n");
    let json = serde_json::json!({"chat": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Add\nup."},
    ]});
    assert_eq!(serde_json::to_value(&chat).unwrap(), json);
}

#[test]
fn the_names_that_errors_and_help_list_are_those_of_a_template() {
    let problem = own(true);
    let view = serde_json::to_value(View::of(&problem, None).unwrap()).unwrap();
    let names: Vec<&str> = view.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, NAMES);
    let documents = include_str!("../../../docs/files.md");
    for name in NAMES {
        assert!(documents.contains(&format!("`{name}`")), "docs/files.md does not describe {name}");
    }
}
