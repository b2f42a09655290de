//! human-eval: prompt, completion and tests are one program.

use karat::judge::verdict::Verdict;
use karat::problem::{Dataset, Language, Problem, Test, TestBody};
use karat::runner::python::NATIVE_SECOND;

use super::Case;

/// `add(a, b)`.
fn add() -> Case {
    let source = "def check(candidate):\n    assert candidate(1, 2) == 3\n    assert candidate(0, 0) == 0\n";
    let problem = Problem {
        prompt: "def add(a, b):\n    \"\"\"Add two numbers.\"\"\"\n".into(),
        entry_point: Some("add".into()),
        tests: vec![Test::hidden(TestBody::Assertions { source: source.into(), calls_check: true })],
        ..Problem::new("p", Language::Python)
    };
    Case { dataset: Dataset::HumanEval, problem }
}

#[test]
fn the_completion_follows_the_prompt_and_every_assertion_must_hold() {
    add().passes("    return a + b\n");
    add().passes("    return a + b"); // a newline comes before the tests
    add().fails("    return a * b + 1\n");
    assert_eq!(add().verdicts("    return (\n"), ("syntax_error", "syntax_error"));
}

#[test]
fn name_is_builtins_so_that_a_main_block_does_not_run() {
    add().passes("    return a + b if __name__ == 'builtins' else None\n");
    add().passes("    return a + b\n\nif __name__ == '__main__':\n    raise ValueError\n");
}

#[test]
fn reading_standard_input_raises() {
    for read in ["input()", "sys.stdin.read()", "sys.stdin.readline()", "list(sys.stdin)"] {
        let completion = format!("    import sys\n    {read}\n    return a + b\n");
        assert_eq!(add().verdicts(&completion), ("exception", "exception"), "{read}");
    }
    add().passes("    try:\n        input()\n    except OSError:\n        return a + b\n");
}

#[test]
fn what_can_do_harm_is_none_upstream_and_whole_in_a_sealed_cell() {
    let taken = [
        "exit",
        "quit",
        "help",
        "os.kill",
        "os.system",
        "os.putenv",
        "os.remove",
        "os.rmdir",
        "os.rename",
        "os.unlink",
        "os.getcwd",
        "os.chdir",
        "shutil.rmtree",
        "shutil.move",
        "shutil.chown",
        "subprocess.Popen",
    ];
    let all = taken.map(|name| format!("{name} is None")).join(" and ");
    let completion = format!("    import os, shutil, subprocess\n    return a + b if {all} else None\n");
    add().passes_only_upstream(&completion);
    // What a sealed cell has of them works: leaving is leaving.
    assert_eq!(add().verdicts("    exit()\n"), ("exited", "exception"));
    assert_eq!(add().verdicts("    import os\n    os.getcwd()\n    return a + b\n"), ("passed", "exception"));
}

#[test]
fn leaving_is_never_passing() {
    for leave in ["sys.exit(0)", "sys.exit()", "os._exit(0)"] {
        let completion = format!("    import os, sys\n    {leave}\n");
        assert_eq!(add().verdicts(&completion), ("exited", "exited"), "{leave}");
    }
    // At the end of the program, before the tests begin.
    assert_eq!(add().verdicts("    return 0\n\nimport os\nos._exit(0)\n"), ("exited", "exited"));
    assert_eq!(add().verdicts("    return 0\n\nraise SystemExit\n"), ("exited", "exited"));
}

#[test]
fn an_object_that_is_equal_to_everything_passes_upstream_only() {
    add().passes_only_upstream(
        "    class Any:\n        def __eq__(self, other):\n            return True\n    return Any()\n",
    );
    add().passes_only_upstream(
        "    class Any(int):\n        def __eq__(self, other):\n            return True\n    return Any(7)\n",
    );
}

#[test]
fn streams_are_a_text_in_memory_upstream_and_those_of_a_process_in_sealed_judging() {
    for (line, verdicts) in [
        ("sys.stdout.buffer.write(b'x')", ("passed", "exception")),
        ("sys.stdout.fileno()", ("passed", "exception")),
        ("sys.stdout.getvalue()", ("exception", "passed")),
        ("assert sys.stdin is sys.stdout", ("exception", "passed")),
    ] {
        let verdicts_here = add().verdicts(&format!("    import sys\n    {line}\n    return a + b\n"));
        assert_eq!(verdicts_here, verdicts, "{line}");
    }
    // Output of a completion has no limit but the memory.
    let prints = "    print('x' * 2_000_000)\n    return a + b\n";
    assert_eq!(add().both(prints).compat.verdict.kind().name(), "passed");
}

#[test]
fn the_harness_has_frames_of_its_own_below_the_recursion_limit() {
    // As on CPython 3.12; earlier versions and 3.13 allow one to nine levels less.
    let recursing = |depth: u32| {
        let completion = format!(
            "    def down(n):\n        return n and down(n - 1)\n    down({depth})\n    return a + b\n"
        );
        add().both(&completion).compat.verdict.kind().name()
    };
    assert_eq!([981, 982, 983, 990].map(recursing), ["passed", "passed", "exception", "exception"]);
}

#[test]
fn sleeping_counts_against_the_time_limit() {
    let sleeping = |seconds: f64| {
        add().both(&format!("    import time\n    time.sleep({seconds})\n    return a + b\n")).compat.verdict
    };
    assert_eq!(sleeping(1.2), Verdict::Passed, "the two calls together");
    assert_eq!(sleeping(10.0), Verdict::OutOfFuel { limit: NATIVE_SECOND.times(3.0) });
}

#[test]
fn annotations_are_evaluated_where_a_function_is_defined_upstream() {
    // CPython 3.14, on which cells run, evaluates them when somebody asks; the harnesses ran on earlier versions.
    let other = "    return a + b\n\ndef other(numbers: List[int]) -> int:\n    return 0\n";
    assert_eq!(add().verdicts(other), ("passed", "exception"));
    add().passes(&other.replace("List", "list"));
}

#[test]
fn a_module_that_the_guard_takes_away_is_not_missing_here() {
    let completion = "    import resource\n    return a + b\n";
    assert_eq!(add().both(completion).compat.verdict.kind().name(), "exception");
}

#[test]
fn the_tests_own_check_takes_the_place_of_the_completions() {
    add().fails("    return 7\n\ndef check(candidate):\n    pass\n");
}

#[test]
fn nothing_at_all_is_no_code_and_upstream_a_function_that_returns_none() {
    assert_eq!(add().verdicts(" \n"), ("no_code", "wrong_answer"));
}
