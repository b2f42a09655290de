//! EvalPlus: calls whose expected values the reference solution gives.

use karat::judge::verdict::Verdict;
use karat::problem::Comparison;
use karat::problem::comparison::EvalPlusOracle;
use karat::value::Value;

use super::{Case, against_reference};

/// Equality with `atol`, without an oracle.
fn rule(atol: f64) -> Comparison {
    Comparison::EvalPlus { atol, oracle: EvalPlusOracle::None }
}

fn oracle(oracle: EvalPlusOracle) -> Comparison {
    Comparison::EvalPlus { atol: 0.0, oracle }
}

/// A problem without arguments whose reference returns `expected`.
fn expects(expected: &str, atol: f64) -> Case {
    against_reference(&format!("{FLOATS}def solve():\n    return {expected}\n"), rule(atol), &[""], &[])
}

/// A solution that returns `value`.
fn returning(value: &str) -> String {
    format!("{FLOATS}def solve(*arguments):\n    return {value}\n")
}

const FLOATS: &str = "inf, nan = float('inf'), float('nan')\n";

#[test]
fn expected_values_come_from_the_reference() {
    let case =
        against_reference("def solve(a, b):\n    return a + [b]\n", rule(0.0), &["[1], 2"], &["[], ()"]);
    let run = case.reference().unwrap();
    assert!(run.passes());
    let expected = Value::parse_literal("[1, 2]").unwrap();
    assert_eq!(run.returned(0), Some(&karat::runner::Returned::Data(expected)));
    case.passes("def solve(a, b):\n    return [*a, b]\n");
    case.fails("def solve(a, b):\n    return [b, *a, b]\n");
}

#[test]
fn a_test_on_which_the_reference_fails_says_nothing_about_a_completion() {
    let case = against_reference("def solve(a):\n    return 1 / a\n", rule(0.0), &["0"], &["2"]);
    let both = case.both(&returning("0.5"));
    assert_eq!(both.names(), ("inconclusive", "inconclusive"));
    let Verdict::Inconclusive { reason } = both.sealed.verdict else { panic!() };
    assert!(reason.contains("reference solution"), "{reason}");
}

#[test]
fn equality_is_exact_and_a_list_is_no_tuple() {
    expects("[1, 2]", 0.0).passes(&returning("[1, 2]"));
    expects("[1, 2]", 0.0).fails(&returning("(1, 2)"));
    expects("(1, 2)", 0.0).fails(&returning("[1, 2]"));
    expects("'a'", 0.0).fails(&returning("'A'"));
    expects("1", 0.0).passes(&returning("True"));
    expects("1", 0.0).passes(&returning("1.0"));
    expects("[1]", 0.0).fails(&returning("[1.0000001]"));
    expects("None", 0.0).fails(&returning("0"));
}

#[test]
fn an_object_that_is_equal_to_everything_passes_upstream_only() {
    let any = "class Any:\n    def __eq__(self, other):\n        return True\ndef solve(*arguments):\n    return Any()\n";
    expects("[1, 2]", 0.0).passes_only_upstream(any);
}

#[test]
fn floats_have_a_tolerance_of_a_millionth() {
    for (expected, near, far) in [
        ("0.5", "0.5000009", "0.500002"),
        ("[0.5, 0.25]", "[0.5, 0.2500009]", "[0.5, 0.2500012]"),
        ("(0.5,)", "(0.5000009,)", "(0.51,)"),
    ] {
        expects(expected, 0.0).passes(&returning(near));
        expects(expected, 0.0).fails(&returning(far));
    }
    // Not all are floats, or there are none.
    expects("[0.5, 1]", 0.0).fails(&returning("[0.50000001, 1]"));
    expects("{'a': 0.5}", 0.0).fails(&returning("{'a': 0.50000001}"));
}

#[test]
fn the_tolerance_stays_for_the_inputs_after_the_first_float() {
    let reference = "def solve(kind):\n    return {'mixed': [0.5, 1], 'float': 0.5}[kind]\n";
    let near = "def solve(kind):\n    return {'mixed': [0.50000001, 1], 'float': 0.5}[kind]\n";
    against_reference(reference, rule(0.0), &["'float'", "'mixed'"], &[]).passes(near);
    against_reference(reference, rule(0.0), &["'mixed'", "'float'"], &[]).fails(near);
}

#[test]
fn within_the_tolerance_type_and_length_must_be_the_same() {
    expects("[0.5, 0.25]", 1e-6).fails(&returning("(0.5, 0.25)"));
    expects("[0.5, 0.25]", 1e-6).fails(&returning("[0.5, 0.25, 0.0]"));
    expects("[0.5, 0.25]", 1e-6).fails(&returning("[0.5]"));
    let both = expects("0.5", 1e-6).both(&returning("'0.5'"));
    assert_eq!(both.sealed.verdict.kind().name(), "wrong_answer");
    assert_ne!(both.compat.verdict, Verdict::Passed);
    expects("3.0", 1e-6).passes(&returning("3"));
    expects("3.0000001", 1e-6).fails(&returning("3"));
}

#[test]
fn the_tolerance_grows_with_the_expected_value() {
    expects("1000000.5", 0.0).passes(&returning("1000000.59"));
    expects("1000000.5", 0.0).fails(&returning("1000000.7"));
    expects("10.0", 0.01).passes(&returning("10.009"));
    expects("10.0", 0.01).fails(&returning("10.02"));
}

#[test]
fn the_tolerance_is_for_what_numpy_makes_an_array_of() {
    expects("[[1.0], [2.0, 3.0]]", 1e-6).fails(&returning("[[1.0000001], [2.0, 3.0]]"));
    expects("[[1.0, 2.0], [2.0, 3.0]]", 1e-6).passes(&returning("[[1.0000001, 2.0], [2.0, 3.0]]"));
    expects("[0.5, 'a']", 1e-6).fails(&returning("[0.5000001, 'a']"));
    // One number in place of several, as with numpy.
    expects("[[1.0, 1.0], [2.0, 2.0]]", 1e-6).passes_only_upstream(&returning("[[1.0], [2.0]]"));
}

#[test]
fn files_can_not_be_opened_upstream() {
    let opens = "def solve(*arguments):\n    return 1 if open is None else 0\n";
    expects("1", 0.0).passes_only_upstream(opens);
}

#[test]
fn infinity_is_near_itself_only() {
    expects("inf", 0.0).passes(&returning("inf"));
    expects("inf", 0.0).fails(&returning("0.0"));
    expects("0.0", 0.0).fails(&returning("inf"));
    expects("[inf, 0.5]", 0.0).passes(&returning("[inf, 0.50000001]"));
    expects("[inf, 0.5]", 0.0).fails(&returning("[-inf, 0.50000001]"));
}

#[test]
fn sets_are_compared_for_some_tasks() {
    let case = Case::fixture("mbpp-plus.jsonl", "Mbpp/2");
    let program = |result: &str| {
        format!(
            "def similar_elements(first, second):\n    common = [x for x in first if x in second]\n    return {result}\n"
        )
    };
    case.passes(&program("common[::-1]"));
    case.passes(&program("set(common)"));
    case.passes(&program("tuple(common * 2)"));
    case.fails(&program("common + [3]"));
    case.passes_only_upstream(&program("dict.fromkeys(common)"));
}

#[test]
fn some_tasks_only_need_an_answer_or_none() {
    let case = against_reference(
        "import re\ndef solve(text):\n    return 'found' if re.search('b', text) else None\n",
        oracle(EvalPlusOracle::NotNone),
        &["'abc'"],
        &["'xyz'"],
    );
    case.passes("def solve(text):\n    return 7 if 'b' in text else None\n");
    case.passes("def solve(text):\n    return 'b' in text\n");
    case.fails("def solve(text):\n    return 7\n");
    case.fails("def solve(text):\n    return None\n");
}

#[test]
fn an_answer_that_is_not_none_and_not_true_is_a_match_upstream_only() {
    let reference = "def solve(text):\n    return 'found' if 'b' in text else None\n";
    let case = against_reference(reference, oracle(EvalPlusOracle::NotNone), &["'abc'"], &["'xyz'"]);
    case.passes(reference);
    case.passes("import re\ndef solve(text):\n    return re.search('b', text)\n");
    case.passes_only_upstream("def solve(text):\n    return '' if 'b' in text else None\n");
    case.fails("def solve(text):\n    return 'found' if 'b' in text else 'not found'\n");
    // A match that is used as a truth value is right by MBPP's assertions, which ask for no more.
    let empty = "def solve(text):\n    return 'b' if 'b' in text else ''\n";
    assert_eq!(case.verdicts(empty), ("passed", "wrong_answer"));
    // The reference of MBPP+ returns the match itself, an object.
    let reference = "import re\ndef solve(text):\n    return re.search('b', text)\n";
    let case = against_reference(reference, oracle(EvalPlusOracle::NotNone), &["'abc'"], &["'xyz'"]);
    for (right, verdict) in
        [("'b' in text", "passed"), ("re.search('b', text)", "passed"), ("text", "wrong_answer")]
    {
        let both = case.both(&format!("import re\ndef solve(text):\n    return {right}\n"));
        assert_eq!(both.names().0, verdict, "{right}\n{both}");
    }
    // Upstream only asks whether there is an answer; a truth value says so itself.
    let pass_upstream = ["'b' in text", "re.search('b', text)", "0 if 'b' in text else None"];
    for right in pass_upstream {
        let both = case.both(&format!("import re\ndef solve(text):\n    return {right}\n"));
        assert_eq!(both.names().1, "passed", "{right}\n{both}");
    }
    // Where the reference answers True or False, None and objects are neither. Upstream takes False for an answer, too,
    // so that no truth value but True is right.
    let reference = "def solve(text):\n    return 'b' in text\n";
    let case = against_reference(reference, oracle(EvalPlusOracle::NotNone), &["'abc'"], &["'xyz'"]);
    assert_eq!(case.verdicts(reference), ("passed", "wrong_answer"));
    case.passes_only_upstream("def solve(text):\n    return object()\n");
}

#[test]
fn one_task_takes_every_answer_upstream_only() {
    let case = against_reference(
        "def solve(a, b):\n    s = lambda n: sum(d for d in range(1, n) if n % d == 0)\n    return s(a) == s(b)\n",
        oracle(EvalPlusOracle::Anything),
        &["36, 57"],
        &["23, 47", "1, 1"],
    );
    case.passes("def solve(a, b):\n    s = lambda n: sum(d for d in range(1, n) if not n % d)\n    return int(s(a) == s(b))\n");
    for value in ["'whatever'", "object()", "None", "True", "False"] {
        case.passes_only_upstream(&returning(value));
    }
    assert_eq!(case.verdicts(&returning("1 / 0")), ("exception", "exception"));
}

#[test]
fn a_wrong_reference_for_that_task_does_not_fail_a_right_answer() {
    // As the reference of MBPP+ does, this one takes 1 for its own divisor and counts roots of squares twice.
    let reference = "def s(n):\n    t, i = 1, 2\n    while i * i <= n:\n        if n % i == 0:\n            t += i + n // i\n        \
                     i += 1\n    return t\ndef solve(a, b):\n    return s(a) == s(b)\n";
    let case = against_reference(reference, oracle(EvalPlusOracle::Anything), &["36, 57"], &["1, 7", "4, 8"]);
    case.passes(reference);
    case.passes("def solve(a, b):\n    s = lambda n: sum(d for d in range(1, n) if n % d == 0)\n    return s(a) == s(b)\n");
    // All divisors, which MBPP's own assertion on 23 and 47 rules out.
    let case = against_reference(reference, oracle(EvalPlusOracle::Anything), &["23, 47"], &[]);
    case.passes_only_upstream("def solve(a, b):\n    s = lambda n: sum(d for d in range(1, n + 1) if n % d == 0)\n    return s(a) == s(b)\n");
}

#[test]
fn one_task_takes_zero_for_an_answer_upstream_only() {
    let case = Case::fixture("mbpp-plus.jsonl", "Mbpp/295");
    for zero in ["0", "False", "-0.0"] {
        case.passes_only_upstream(&format!("def sum_div(number):\n    return {zero}\n"));
    }
    case.fails("def sum_div(number):\n    return 1\n");
    // Of 1 there is no divisor to add, though the reference of MBPP+ says 1.
    let reference = "def solve(n):\n    return 1 + sum(d for d in range(2, n) if n % d == 0)\n";
    let case = against_reference(reference, oracle(EvalPlusOracle::OrZero), &["8"], &["1", "7", "0"]);
    case.passes(reference);
    case.passes("def solve(n):\n    return sum(d for d in range(1, n) if n % d == 0)\n");
}

#[test]
fn one_task_takes_what_another_reading_of_it_gives() {
    let case = against_reference(
        "def solve(a, b):\n    return sum(int(d) for d in str(abs(a - b)))\n",
        oracle(EvalPlusOracle::OrDigitDistance),
        &["1, 2"],
        &["23, 56", "123, 9"],
    );
    case.passes(
        "def solve(a, b):\n    a, b = str(a).zfill(9), str(b).zfill(9)\n    return sum(abs(int(x) - int(y)) for x, y in zip(a, b))\n",
    );
    case.fails(&returning("1"));
}

#[test]
fn one_task_takes_a_reading_that_mbpps_assertion_rules_out_upstream_only() {
    let case = against_reference(
        "def solve(b, s):\n    return 2 * b * s + b ** 2\n",
        oracle(EvalPlusOracle::OrPyramidSurface),
        &["3, 4"],
        &["1, 2"],
    );
    case.passes_only_upstream(
        "def solve(b, h):\n    return round(b * b + 2 * b * ((b / 2) ** 2 + h * h) ** 0.5)\n",
    );
    case.passes("def solve(b, s):\n    return b * (2 * s + b)\n");
    case.fails(&returning("33"));
}

#[test]
fn an_expected_integer_has_no_tolerance_in_sealed_judging() {
    expects("[0.5, 1000000007]", 1e-6).passes_only_upstream(&returning("[0.5, 1000000008]"));
    expects("1000000007", 1e-6).passes_only_upstream(&returning("1000000008"));
    expects("[0.5, 1000000007]", 1e-6).passes(&returning("[0.5000001, 1000000007.0]"));
    expects("1000000007.0", 1e-6).passes(&returning("1000000008.0"));
}

#[test]
fn any_zero_of_the_polynomial_is_right_for_human_eval_32() {
    let case = Case::fixture("humaneval-plus.jsonl", "HumanEval/32");
    case.passes("    return 3.0 if len(xs) == 4 else -xs[0] / xs[1]\n");
    case.passes("    return 1.00001 if len(xs) == 4 else -xs[0] / xs[1]\n");
    case.fails("    return 1.01 if len(xs) == 4 else -xs[0] / xs[1]\n");
}

#[test]
fn a_completion_can_pass_the_base_inputs_and_fail_the_added_ones() {
    let case = Case::fixture("humaneval-plus.jsonl", "HumanEval/0");
    let both = case.both("    return sum(numbers) / len(numbers)\n");
    assert_eq!(both.names(), ("exception", "exception"));
    for counts in both.counts() {
        assert_eq!((counts.total, counts.run, counts.passed), (6, 3, 2));
        assert_eq!((counts.failed, counts.base_passed), (Some(2), Some(true)));
    }
    let both = case.both("    return max(numbers)\n");
    for counts in both.counts() {
        assert_eq!((counts.run, counts.passed), (1, 0), "the first failure ends it");
        assert_eq!((counts.failed, counts.base_passed), (Some(0), Some(false)));
    }
    let both = case.both("    return sum(numbers) / len(numbers) if numbers else 0.0\n");
    assert_eq!(both.names(), ("passed", "passed"));
    for counts in both.counts() {
        assert_eq!((counts.run, counts.passed, counts.base_passed), (6, 6, Some(true)));
    }
}

#[test]
fn leaving_fails_also_during_the_added_inputs() {
    let case = against_reference("def solve(a):\n    return a\n", rule(0.0), &["1"], &["2"]);
    for leave in ["exit", "quit"] {
        let both = case.both(&format!("def solve(a):\n    if a > 1:\n        {leave}(0)\n    return a\n"));
        assert_eq!(both.names(), ("exited", "exception"), "{both}"); // upstream takes the function away
    }
    for leave in ["sys.exit(0)", "os._exit(0)"] {
        let both = case
            .both(&format!("import os, sys\ndef solve(a):\n    if a > 1:\n        {leave}\n    return a\n"));
        assert_eq!(both.names(), ("exited", "exited"), "{both}");
        assert_eq!(both.counts().map(|counts| counts.base_passed), [Some(true); 2], "{leave}");
    }
}

#[test]
fn calls_share_a_process_upstream_and_are_alone_in_sealed_judging() {
    let case = against_reference("def solve(a):\n    return a\n", rule(0.0), &["1", "1"], &["1"]);
    let counting = "calls = []\ndef solve(a):\n    calls.append(a)\n    return len(calls)\n";
    assert_eq!(case.verdicts(counting), ("passed", "wrong_answer"));
}

#[test]
fn inputs_are_converted_by_task() {
    let sets = Case::fixture("mbpp-plus.jsonl", "Mbpp/115");
    sets.passes("def all_empty(items):\n    return not any(items)\n");
    let complex = Case::fixture("mbpp-plus.jsonl", "Mbpp/252");
    complex.passes("def distance(number):\n    return (number.real ** 2 + number.imag ** 2) ** 0.5\n");
    complex.fails("def distance(number):\n    return number.real\n");
}
