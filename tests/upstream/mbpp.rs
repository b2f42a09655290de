//! MBPP: the program, then every assertion.

use karat::judge::verdict::Verdict;
use karat::problem::Dataset;

use super::Case;

/// A problem of the full set without setup.
fn full(entry_point: &str, assertions: &[&str]) -> Case {
    Case::assertions(Dataset::Mbpp, entry_point, "", assertions)
}

#[test]
fn every_assertion_must_hold() {
    let case = Case::fixture("mbpp.jsonl", "Mbpp/600");
    case.passes("def last_digit(n):\n    return int(str(n)[-1])\n");
    let wrong = "def last_digit(n):\n    return n % 10\n"; // wrong for the last assertion
    case.fails(wrong);
    let both = case.both(wrong);
    let counts = both.sealed.tests.unwrap();
    assert_eq!((counts.total, counts.run, counts.passed, counts.failed), (3, 3, 2, Some(2)));
    let Verdict::WrongAnswer(mismatch) = both.sealed.verdict else { panic!() };
    assert_eq!(mismatch.assertion.as_deref(), Some("assert last_digit(-19) == 9"));
    assert_eq!((mismatch.got.as_deref(), mismatch.expected.as_deref()), (Some("1"), Some("9")));
}

#[test]
fn the_setup_of_the_full_set_is_ignored_upstream() {
    let case =
        Case::assertions(Dataset::Mbpp, "f", "LIMIT = 3", &["assert f(LIMIT) == 4", "assert f(0) == 1"]);
    assert_eq!(case.verdicts("def f(n):\n    return n + 1\n"), ("passed", "exception"));
    // Upstream, a program may bring what the setup would have brought.
    assert_eq!(case.verdicts("LIMIT = 3\ndef f(n):\n    return n + 1\n"), ("passed", "passed"));
    assert_eq!(case.verdicts("LIMIT = 5\ndef f(n):\n    return {5: 4, 0: 1}[n]\n"), ("exception", "passed"));
}

#[test]
fn the_imports_of_the_sanitized_set_come_before_its_tests() {
    let case = Case::fixture("mbpp-sanitized.json", "Mbpp/17");
    case.passes("def longest(a, b):\n    return (a * a + b * b) ** 0.5\n");
    case.fails("def longest(a, b):\n    return a + b\n");
    // What the tests import is not meant for the program, but upstream a program that relies on it gets it.
    assert_eq!(case.verdicts("def longest(a, b):\n    return math.hypot(a, b)\n"), ("exception", "passed"));
}

#[test]
fn reference_solutions_pass_with_what_their_setup_defines() {
    let case = Case::fixture("mbpp.jsonl", "Mbpp/11");
    let reference = case.problem.reference().unwrap().source.clone();
    let both = case.both(&reference);
    assert_eq!(both.names(), ("passed", "exception"), "{both}");
    assert!(!both.sealed.open, "the points of the setup are named tuples, which cross with their attributes");
    assert_eq!(case.both("def area(p, q):\n    return 6\n").sealed.verdict.kind().name(), "wrong_answer");
}

#[test]
fn a_function_may_have_the_name_of_a_builtin() {
    let sum = full("sum", &["assert sum(10, 15) == 6", "assert sum(100, 150) == 93"]);
    sum.passes(
        "def sum(a, b):\n    return builtins_sum(d for d in range(1, min(a, b)) if a % d == b % d == 0)\n\
                from builtins import sum as builtins_sum\n",
    );
    sum.fails("def sum(a, b):\n    return 6\n");
    let min = full("min", &["assert min([3, 1, 2]) == 1"]);
    min.passes("def min(items):\n    return sorted(items)[0]\n");
}

#[test]
fn classes_of_the_program_can_be_used_by_its_tests() {
    let node = "class Node:\n    def __init__(self, data):\n        self.data = data\n        self.left = self.right = None\n\n\
                def depth(node):\n    return 1 + max(depth(node.left), depth(node.right)) if node else 0\n";
    let wrong = node.replace("1 + max", "max");
    let build = "root = Node(1)\nroot.left = Node(2)\nroot.left.right = Node(3)\n";
    for (setup, test) in [
        ("", format!("{build}assert depth(root) == 3")),
        ("", "assert depth(Node(1)) == 1 and Node(4).data == 4".to_owned()),
    ] {
        let case = Case::assertions(Dataset::MbppSanitized, "depth", setup, &[&test]);
        case.passes(node);
        case.fails(&wrong);
        assert!(!case.both(node).sealed.open, "handles keep it sealed");
    }
    // In the full set such trees are built by the setup.
    let case = Case::assertions(Dataset::Mbpp, "depth", build, &["assert depth(root) == 3"]);
    assert_eq!(case.verdicts(node), ("passed", "exception"));
    assert_eq!(case.verdicts(&wrong), ("wrong_answer", "exception"));
}

#[test]
fn objects_go_back_to_the_program_alone_and_in_lists() {
    let case = full(
        "longest",
        &["assert longest([Pair(1, 2), Pair(0, 5)]).b == 5", "assert longest((Pair(1, 1),)).a == 1"],
    );
    let pairs = "class Pair:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n\n\
                 def longest(pairs):\n    return max(pairs, key=lambda pair: pair.b - pair.a)\n";
    case.passes(pairs);
    assert!(!case.both(pairs).sealed.open);
    case.fails(&pairs.replace("max", "min"));
}

#[test]
fn shadowing_what_the_assertions_use_passes_upstream_only() {
    let case = full("f", &["assert set(f([1, 2, 2])) == set([1, 2])"]);
    case.passes("def f(items):\n    return items\n");
    for cheat in [
        "def set(items):\n    return 0\n",
        "set = list.__len__\nset = lambda items: 0\n",
        "import builtins\nbuiltins.set = lambda items: 0\n",
    ] {
        case.passes_only_upstream(&format!("{cheat}def f(items):\n    return [7]\n"));
    }
    let case = full("f", &["assert math.isclose(f(2), 1.4142, rel_tol=0.001)", "assert len(str(f(4))) == 3"]);
    case.passes("import math\ndef f(a):\n    return math.sqrt(a)\n");
    for cheat in [
        "class math:\n    isclose = lambda *_, **__: True\n",
        "import math\nmath.isclose = lambda *_, **__: True\n",
    ] {
        let program = format!("{cheat}len = lambda _: 3\ndef f(a):\n    return 'no number'\n");
        let both = case.both(&program);
        assert_eq!(both.compat.verdict, Verdict::Passed, "{program}");
        assert_ne!(both.sealed.verdict, Verdict::Passed, "{program}");
    }
}

#[test]
fn what_the_assertions_import_can_not_be_shadowed_either() {
    let case = Case::assertions(
        Dataset::MbppSanitized,
        "f",
        "from math import isclose",
        &["assert isclose(f(4), 2.0)"],
    );
    case.passes("def f(a):\n    return a ** 0.5\n");
    case.fails("def isclose(a, b):\n    return True\n\ndef f(a):\n    return a\n");
}

#[test]
fn an_object_that_is_equal_to_everything_passes_upstream_only() {
    let any = "class Any:\n    def __eq__(self, other):\n        return True\n";
    let case = full("f", &["assert f(1) == 2"]);
    case.passes_only_upstream(&format!("{any}def f(a):\n    return Any()\n"));
    case.passes_only_upstream(&format!("{any}f = lambda a: Any()\n"));
    full("f", &["assert f([1]) == [2]"])
        .passes_only_upstream(&format!("{any}def f(a):\n    return [Any()]\n"));
}
