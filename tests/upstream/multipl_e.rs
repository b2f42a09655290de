//! MultiPL-E, its Python part: prompt, completion and tests are one program that has to end by itself.

use super::Case;

fn double() -> Case {
    Case::fixture("multipl-e-py.jsonl", "HumanEval_900_double")
}

#[test]
fn the_completion_follows_the_prompt_and_the_tests_follow_it() {
    double().passes("    return n * 2\n");
    double().passes("    return n + n"); // a newline comes before the tests
    double().fails("    return n ** 2\n");
    assert_eq!(double().verdicts("    return n.real.x\n"), ("exception", "exception"));
}

#[test]
fn the_completion_ends_at_the_earliest_stop_token() {
    double().passes("    return n * 2\n\nclass X(:\n\ndef double(n):\n    return 0\n");
    double().passes("    return n * 2\n\ndef double(n):\n    return 0\n");
    double().passes("    return n * 2\n# and then )(\n");
    // Not one of this set.
    assert_eq!(double().verdicts("    return n * 2\n\ndouble = None\n"), ("exception", "exception"));
}

#[test]
fn leaving_with_status_zero_before_the_tests_passes_upstream_only() {
    for leave in ["import sys\nsys.exit(0)", "exit()", "import os\nos._exit(0)", "raise SystemExit"] {
        assert_eq!(double().verdicts(&format!("    return 0\n\n{leave}\n")), ("exited", "passed"), "{leave}");
    }
    assert_eq!(double().verdicts("    return 0\n\nexit(1)\n"), ("exited", "exited"));
}
