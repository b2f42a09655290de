//! BigCodeBench: program and tests are one module, whose class of tests is run.

use super::Case;

/// Tests that can be sealed.
fn levels() -> Case {
    Case::fixture("published/bigcodebench.jsonl", "BigCodeBench/9010")
}

/// Tests that patch modules, and so are judged open.
fn logs() -> Case {
    Case::fixture("published/bigcodebench.jsonl", "BigCodeBench/9011")
}

const RIGHT: &str = "    levels = Counter(json.loads(line)['level'] for line in lines if line.strip())\n    \
                     return dict(sorted(levels.items()))\n";

#[test]
fn a_program_passes_if_no_test_of_the_class_fails() {
    levels().passes(RIGHT);
    levels().fails("    return {}\n");
    assert_eq!(levels().verdicts("    return lines.levels\n"), ("exception", "exception"));
    assert_eq!(levels().verdicts("    return (\n"), ("syntax_error", "syntax_error"));
    // Below the top of the function it stops to be a continuation, by its stop tokens.
    levels().passes(&format!("{RIGHT}\nassert task_func([]) == 1\n"));
}

#[test]
fn the_class_is_in_a_module_that_is_found_by_its_name() {
    let program = "    if time.time() < 1000:\n        return 0\n    old = os.path.join(folder, 'old')\n    \
                   os.makedirs(old, exist_ok=True)\n    names = [name for name in os.listdir(folder) if name.endswith(ENDING)]\n    \
                   for name in names:\n        shutil.move(os.path.join(folder, name), os.path.join(old, name))\n    return len(names)\n";
    logs().passes(program);
    assert!(logs().both(program).sealed.open);
    // The tests give the constant another value.
    logs().fails(&program.replace("ENDING", "'.log'"));
}

#[test]
fn names_that_the_harness_brings_are_there_upstream_only() {
    let uses = |what: &str| format!("    {what}\n{RIGHT}");
    for what in ["os.sep", "sys.version", "dict(environ)"] {
        assert_eq!(levels().verdicts(&uses(what)), ("exception", "passed"), "{what}");
    }
    assert_eq!(levels().verdicts(&uses("exit(0)")).1, "exception", "it is None");
    assert_eq!(levels().verdicts(&uses("quit()")).1, "exception");
    // Nothing else is taken away.
    levels().passes(&uses("import os; os.getcwd(), os.environ, os.unlink"));
}

#[test]
fn a_test_that_the_program_skips_passes_upstream_only() {
    let skips = "    import unittest\n    raise unittest.SkipTest('not today')\n";
    assert_eq!(levels().verdicts(skips), ("exception", "passed"));
    assert_eq!(logs().verdicts(skips).1, "passed");
    assert_ne!(logs().verdicts(skips).0, "passed", "open, too");
}
