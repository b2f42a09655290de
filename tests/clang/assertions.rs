//! Tests by assertions, which run in the program's cell: as MultiPL-E and HumanEval-X have them, and what tries to pass
//! without solving the problem.

use std::path::Path;

use karat::problem::{Test, TestBody};

use super::*;

/// A problem in MultiPL-E's shape: the tests close the function.
fn multipl_e(language: Language, prompt: &str, tests: &str) -> Problem {
    let source = format!("}}\nint main() {{\n{tests}}}\n");
    Problem {
        prompt: prompt.to_owned(),
        stop_tokens: vec!["\n}".to_owned()],
        tests: vec![Test::hidden(TestBody::Assertions { source, calls_check: false })],
        ..Problem::new("p", language)
    }
}

/// What is judged of a continuation of the prompt; such a verdict is open.
fn continued(problem: &Problem, text: &str) -> String {
    let judgement = judged(problem, Answer::continuation(text));
    assert!(judgement.open || judgement.verdict.kind().name() == "inconclusive", "{judgement:?}");
    line(&judgement.verdict)
}

/// Problem, right program, wrong program, and what the wrong one gets.
const ROWS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "#include<assert.h>\n#include<bits/stdc++.h>\n// The sum of all that are even.\nlong sum_of_even(std::vector<long> numbers) {\n",
        "    auto candidate = sum_of_even;\n    assert(candidate((std::vector<long>({(long)1, (long)2, (long)4}))) == (6));\n    \
         assert(candidate((std::vector<long>({(long)4000000000, (long)4000000000}))) == (8000000000));\n",
        "    long sum = 0;\n    for (long n : numbers) if (n % 2 == 0) sum += n;\n    return sum;\n}\n",
        "    return std::accumulate(numbers.begin(), numbers.end(), 0L);\n}\nint main() { return 0; }\n",
        "wrong_answer line 4: assert(candidate((std::vector<long>({(long)1, (long)2, (long)4}))) == (6));",
    ),
    (
        "#include<assert.h>\n#include<bits/stdc++.h>\n// Words by their length.\nstd::map<long, std::vector<std::string>> by_length(std::string text) {\n",
        "    auto candidate = by_length;\n    assert(candidate((\"a bc d\")) == (std::map<long, std::vector<std::string>>({{1, {\"a\", \"d\"}}, {2, {\"bc\"}}})));\n",
        "    std::map<long, std::vector<std::string>> found;\n    std::istringstream in(text);\n    for (std::string w; in >> w;) found[w.size()].push_back(w);\n    return found;\n}",
        "    return {};\n}",
        "wrong_answer line 4: assert(candidate((\"a bc d\")) == (std::map<long, std::vector<std::string>>({{1, {\"a\", \"d\"}}, {2,",
    ),
    (
        "#include<assert.h>\n#include<bits/stdc++.h>\n// The first that occurs twice, if any does.\nstd::optional<long> twice(std::vector<long> numbers) {\n",
        "    auto candidate = twice;\n    assert(candidate((std::vector<long>({(long)3, (long)1, (long)3}))) == 3);\n    \
         assert(candidate((std::vector<long>())) == std::nullopt);\n",
        "    std::set<long> seen;\n    for (long n : numbers) if (!seen.insert(n).second) return n;\n    return std::nullopt;\n}",
        "    std::set<long> seen;\n    for (size_t i = 0;; i++) if (!seen.insert(numbers.at(i)).second) return numbers.at(i);\n}",
        "exception std::out_of_range: vector",
    ),
    (
        "#include<assert.h>\n#include<bits/stdc++.h>\nunion Union_long_std_string {\n    long f0;\n    std::string f1;\n    Union_long_std_string(long _f0) : f0(_f0) {}\n    Union_long_std_string(std::string _f1) : f1(_f1) {}\n    ~Union_long_std_string() {}\n    bool operator==(long f) { return f0 == f; }\n    bool operator==(std::string f) { return f1 == f; }\n};\n// The length, or what is wrong.\nUnion_long_std_string length(std::string text) {\n",
        "    auto candidate = length;\n    assert(candidate((\"abc\")) == 3);\n    assert(candidate((\"\")) == std::string(\"empty\"));\n",
        "    if (text.empty()) return Union_long_std_string(std::string(\"empty\"));\n    return Union_long_std_string((long)text.size());\n}",
        "    for (;;);\n}",
        "out_of_fuel",
    ),
    (
        "#include<assert.h>\n#include<bits/stdc++.h>\n// Whether a text reads the same from both ends.\nbool same(std::string text) {\n",
        "    auto candidate = same;\n    assert(candidate((\"abba\")) == (true));\n    assert(candidate((\"ab\")) == (false));\n",
        "    return std::equal(text.begin(), text.end(), text.rbegin());\n}",
        "    return text == reversed(text);\n}",
        "compile_error line 5, column 20: use of undeclared identifier 'reversed'",
    ),
];

#[test]
fn rows_of_multipl_e_are_judged() {
    for (prompt, tests, right, wrong, expected) in ROWS {
        let problem = multipl_e(Language::Cpp, prompt, tests);
        assert_eq!(continued(&problem, right), "passed", "{right}");
        let got = continued(&problem, wrong);
        assert!(got.starts_with(expected), "{wrong}: {got}");
    }
    // By the rules of its harness, too, which compiles all as one text.
    let (prompt, tests, right, wrong, _) = ROWS[0];
    let problem = multipl_e(Language::Cpp, prompt, tests);
    let judge = judge(Dataset::MultiPlE);
    let compat = |text: &str| {
        let judgements = judge.judge(&problem, Answer::continuation(text), None, Judging::Compat);
        line(&judgements.into_counted().verdict)
    };
    assert_eq!(compat(right.trim_end().trim_end_matches('}')), "passed");
    assert!(compat(wrong.split('}').next().unwrap()).starts_with("wrong_answer"), "{}", compat(wrong));
}

#[test]
fn rows_of_human_eval_x_are_judged_with_one_job_as_with_two() {
    let source = "#undef NDEBUG\n#include<assert.h>\nint main(){\n    vector<string> a = {\"x\", \"yy\"};\n    assert (longest(a) == \"yy\");\n    assert (longest({}) == \"\");\n}\n";
    let problem = Problem {
        prompt: "#include<vector>\n#include<string>\nusing namespace std;\n/* The longest of them. */\nstring longest(vector<string> all){\n".to_owned(),
        entry_point: Some("longest".to_owned()),
        tests: vec![Test::hidden(TestBody::Assertions { source: source.to_owned(), calls_check: false })],
        ..Problem::new("CPP/0", Language::Cpp)
    };
    let right = "    string out;\n    for (auto& one : all) if (one.length() > out.length()) out = one;\n    return out;\n}\n";
    let judge = || judged(&problem, Answer::continuation(right));
    let first = judge();
    assert_eq!((line(&first.verdict).as_str(), first.open), ("passed", true));
    // Whatever the mark is, and whoever works beside.
    let others = std::thread::scope(|scope| {
        [scope.spawn(judge), scope.spawn(judge)].map(|other| other.join().unwrap())
    });
    for other in others {
        assert_eq!(other, first);
    }
    // An answer in a conversation is a whole program.
    let whole = "#include <string>\n#include <vector>\nstd::string longest(std::vector<std::string> all) { return all.at(0); }\n";
    let judgement = judged(&problem, Answer::program(whole));
    assert_eq!(line(&judgement.verdict), "wrong_answer line 5: assert (longest(a) == \"yy\");");
    // Tests that are about nothing in the problem say nothing of the program.
    let unfit = Problem { prompt: String::new(), entry_point: None, ..problem.clone() };
    assert_eq!(judged(&unfit, Answer::program(whole)).verdict.kind().name(), "inconclusive");
}

/// Every program in a folder of `tests/cheats` gets the verdict in its first lines; those in `honest` there pass.
fn every_program_gets_its_verdict(folder: &str, problem: &Problem, least: usize) {
    let root = common::file("cheats").join(folder);
    let programs = |folder: &Path| {
        let entries = std::fs::read_dir(folder).expect("it is there");
        let mut paths: Vec<_> = entries
            .map(|entry| entry.expect("it can be read").path())
            .filter(|path| path.is_file())
            .collect();
        paths.sort();
        paths
    };
    let (cheats, honest) = (programs(&root), programs(&root.join("honest")));
    assert!(cheats.len() >= least, "only {} cheats were found", cheats.len());
    let mut faults = Vec::new();
    for path in cheats.iter().chain(&honest) {
        let text = std::fs::read_to_string(path).expect("it is there");
        let expected =
            text.lines().find_map(|line| line.strip_prefix("// verdict: ")).expect("it names a verdict");
        assert_eq!(expected == "passed", honest.contains(path), "{}", path.display());
        let is_whole = text.lines().any(|line| line == "// whole");
        let answer = if is_whole { Answer::program(&text) } else { Answer::continuation(&text) };
        let judgement = judged(problem, answer);
        if judgement.verdict.kind().name() != expected || !judgement.open {
            faults.push(format!("{}: {}", path.display(), line(&judgement.verdict)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn cheats_in_cpp() {
    let prompt = "#include<assert.h>\n#include<bits/stdc++.h>\n// Twice every number.\nstd::vector<long> doubled(std::vector<long> numbers) {\n";
    let tests = "    auto candidate = doubled;\n    assert(candidate((std::vector<long>({(long)1, (long)2}))) == (std::vector<long>({(long)2, (long)4})));\n    \
                 assert(candidate((std::vector<long>())) == (std::vector<long>()));\n    assert(candidate((std::vector<long>({(long)-3}))) == (std::vector<long>({(long)-6})));\n";
    let problem = Problem { stop_tokens: Vec::new(), ..multipl_e(Language::Cpp, prompt, tests) };
    every_program_gets_its_verdict("cpp", &problem, 20);
}

#[test]
fn cheats_in_c() {
    let prompt = "#include <assert.h>\n#include <setjmp.h>\n#include <stdlib.h>\n#include <string.h>\n// Twice a number.\nint twice(int x) {\n";
    let tests = "    assert(twice(2) == 4);\n    assert(twice(-3) == -6);\n    return 0;\n";
    let problem = Problem { stop_tokens: Vec::new(), ..multipl_e(Language::C, prompt, tests) };
    every_program_gets_its_verdict("c", &problem, 12);
}
