//! The seal: which tests can be judged sealed, what reaches them of the candidate, and that nothing a candidate does
//! opens them. `tests/cheats.rs` has the programs that try.

mod common;

use karat::complete::Answer;
use karat::judge::Judge;
use karat::judge::limits::Limits;
use karat::judge::verdict::{Judgement, Judging, Verdict};
use karat::problem::{Dataset, Language, Problem, Solution, Test, TestBody};

/// A problem of statements with a reference solution, or without.
fn problem(reference: Option<&str>, setup: &str, tests: &str) -> Problem {
    Problem {
        entry_point: Some("f".into()),
        setup: setup.into(),
        references: reference.into_iter().map(|source| Solution::new("reference", source)).collect(),
        tests: vec![Test::hidden(TestBody::Assertions { source: tests.into(), calls_check: false })],
        ..Problem::new("seal/0", Language::Python)
    }
}

/// Judges a program after the reference solution was measured.
fn judge(problem: &Problem, program: &str) -> Judgement {
    let judge = Judge::new(common::runners(), Limits::default(), Dataset::Mbpp);
    let reference = judge.measure(problem).expect("the harness works");
    judge.judge(problem, Answer::program(program), Some(&reference), Judging::Sealed).into_counted()
}

/// The tests are passed by their own reference solution, and sealed.
#[track_caller]
fn assert_sealed(reference: &str, tests: &str) {
    let judgement = judge(&problem(Some(reference), "", tests), reference);
    assert_eq!(judgement.verdict, Verdict::Passed, "{reference}\n{tests}");
    assert!(!judgement.open, "judged open:\n{reference}\n{tests}");
}

#[test]
fn classes_and_exceptions_cross_by_name() {
    let class_of = "def f(x):\n    return type(x)";
    assert_sealed(class_of, "assert f('a') is str and f(1) in (int, float) and f(None) == type(None)");
    assert_sealed(class_of, "from collections import Counter\nassert f(Counter()) is Counter");
    assert_sealed(
        "def f(x):\n    return ValueError",
        "assert f(1) is ValueError\nassert issubclass(f(1), Exception)",
    );
    assert_sealed(
        "def f():\n    return {int: [str], 'e': KeyError}",
        "assert f() == {int: [str], 'e': KeyError}",
    );
    // From the tests, including functions of the library.
    assert_sealed(
        "def f(g, x):\n    return g(x)",
        "assert f(max, [1, 3]) == 3 and f(str.upper, 'a') == 'A' and f(int, '1') == 1",
    );
}

#[test]
fn exceptions_of_the_candidates_own_can_be_caught_by_their_class() {
    let program = "class Empty(LookupError):\n    def __init__(self, code):\n        super().__init__('empty')\n        \
                   self.code = code\ndef f(x):\n    raise Empty(x)";
    assert_sealed(
        program,
        "try:\n    f(3)\nexcept Empty as error:\n    assert error.code == 3 and str(error) == 'empty' and \
         isinstance(error, LookupError) and type(error) is Empty\nelse:\n    assert False",
    );
    assert_sealed(
        program,
        "try:\n    f(1)\nexcept LookupError as error:\n    assert type(error).__name__ == 'Empty'",
    );
    assert_sealed(
        "def f(items):\n    items.append(1)\n    raise ValueError",
        "items = []\ntry:\n    f(items)\nexcept ValueError:\n    pass\nassert items == [1]",
    );
}

#[test]
fn stand_ins_are_of_the_kind_of_their_thing() {
    let generator = "def f(items):\n    return (item for item in items)";
    assert_sealed(
        generator,
        "import types\nassert isinstance(f([1]), types.GeneratorType) and list(f([1])) == [1]",
    );
    assert_sealed(
        "def f(x, *rest, y: int = 2):\n    'Documented.'\n    return x",
        "import inspect\nassert f.__doc__ == 'Documented.' and f.__name__ == 'f'\n\
         assert list(inspect.signature(f).parameters) == ['x', 'rest', 'y'] and inspect.isfunction(f)\n\
         assert inspect.signature(f).parameters['y'].annotation is int",
    );
    assert_sealed(
        "class Point:\n    def __init__(self, x):\n        self.x = x\ndef f():\n    return Point(1)",
        "import inspect\nassert isinstance(f(), Point) and inspect.isclass(Point) and Point(2).x == 2\n\
         assert not isinstance(3, Point)",
    );
    assert_sealed(
        "class Bag:\n    def __init__(self):\n        self.items = {}\n    def __setitem__(self, key, value):\n        \
         self.items[key] = value\n    def __getitem__(self, key):\n        return self.items[key]\n    \
         def __enter__(self):\n        return self\n    def __exit__(self, *raised):\n        self.closed = True\n\
         def f():\n    return Bag()",
        "with f() as bag:\n    bag['a'] = 1\nassert bag['a'] == 1 and bag.closed and not hasattr(bag, 'other')",
    );
}

#[test]
fn named_tuples_and_the_callers_own_lists_come_back_as_what_they_are() {
    let program = "from collections import namedtuple\nfrom typing import NamedTuple\nP = namedtuple('P', 'a b')\n\
                   class Q(NamedTuple):\n    c: int\ndef f():\n    return [P(1, 2), Q(3)]";
    assert_sealed(
        program,
        "p, q = f()\nassert p.a == 1 and p == (1, 2) and p._fields == ('a', 'b') and q.c == 3",
    );
    assert_sealed("def f(x):\n    x.append(1)\n    return x", "x = []\nassert f(x) is x and x == [1]");
}

#[test]
fn what_both_cells_hold_is_one_thing() {
    let rows = "def f(n):\n    return [[0] * n] * n";
    let alone = "def f(n):\n    return [[0] * n for _ in range(n)]";
    for (right, wrong, tests) in [
        (rows, alone, "t = f(2)\nt[0][0] = 1\nassert t[1][0] == 1 and t[0] is t[1]"),
        (alone, rows, "t = f(2)\nt[0][0] = 1\nassert t[1][0] == 0"),
        (
            "found = []\ndef f(x):\n    found.append(x)\n    return found",
            "found = []\ndef f(x):\n    found.append(x)\n    return found[:]",
            "a = f(1)\nb = f(2)\nassert a is b and a == [1, 2]\na.append(3)\nassert f(4) == [1, 2, 3, 4]",
        ),
        (
            "def f(x):\n    return {'it': x}",
            "def f(x):\n    return {'it': [*x]}",
            "x = [[1]]\nit = f(x)['it']\nassert it is x and it[0] is x[0]",
        ),
        (
            "def f(items):\n    def g():\n        return len(items)\n    return g",
            "def f(items):\n    n = len(items)\n    return lambda: n",
            "items = [1]\ng = f(items)\nitems.append(2)\nassert g() == 2",
        ),
        (
            "def f(a, b):\n    return a is b",
            "def f(a, b):\n    return a == b",
            "x = [1]\nassert f(x, x) and not f(x, [1])",
        ),
        (
            "def f(a, b):\n    a.append(b)\n    b.append(a)",
            "def f(a, b):\n    a.append(b)\n    b.append(a[:])",
            "a, b = [], []\nf(a, b)\nassert a[0] is b and b[0] is a",
        ),
    ] {
        assert_sealed(right, tests);
        let judgement = judge(&problem(Some(right), "", tests), wrong);
        assert!(matches!(judgement.verdict, Verdict::WrongAnswer(_)), "{wrong}\n{tests}\n{judgement:?}");
    }
}

/// Kept by a generator, a long list is compared with what it was, but not for every step as a whole.
#[test]
fn what_is_held_for_long_costs_no_square_of_itself() {
    assert_sealed(
        "def f(items):\n    for item in items:\n        yield item",
        "items = list(range(30_000))\nassert sum(f(items)) == sum(items)",
    );
}

#[test]
fn what_is_printed_can_be_captured() {
    let captured = "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    f('é')\n    \
                    f('b')\nassert out.getvalue() == 'é\\nb\\n'";
    assert_sealed("def f(x):\n    print(x)", captured);
    let judgement = judge(&problem(Some("def f(x):\n    print(x)"), "", captured), "def f(x):\n    return x");
    assert!(matches!(judgement.verdict, Verdict::WrongAnswer(_)), "{judgement:?}");
}

#[test]
fn tests_that_the_reference_passes_in_one_cell_only_are_judged_open() {
    for (reference, tests) in [
        ("def f(g):\n    return g(3)", "assert f(lambda v: v * 2) == 6"),
        (
            "def f(items):\n    return next(items)",
            "items = iter([1, 2])\nassert f(items) == 1 and next(items) == 2",
        ),
        (
            "class P:\n    def __init__(self, x):\n        self.x = x\n    def __eq__(self, other):\n        \
             return self.x == other.x\ndef f(x):\n    return P(x)",
            "assert f(1) == f(1) and f(1) != f(2)",
        ),
    ] {
        let problem = problem(Some(reference), "", tests);
        let judgement = judge(&problem, reference);
        assert_eq!((judgement.verdict, judgement.open), (Verdict::Passed, true), "{tests}");
        let judgement = judge(&problem, "def f(x):\n    return None");
        assert!(judgement.verdict != Verdict::Passed && judgement.open, "{tests}");
    }
}

#[test]
fn without_a_reference_the_text_of_the_tests_decides() {
    let is_open = |tests: &str| judge(&problem(None, "", tests), "def f(*arguments):\n    return 1").open;
    for tests in [
        "assert f(lambda v: v * 2) == 6",
        "def double(v):\n    return 2 * v\nassert f([1], key=double) == 6",
        "assert f(n for n in range(3)) == 3",
        "items = iter([1])\nassert f(items) == 1",
        "class Stub:\n    pass\nassert f(Stub()) == 1",
        "class Stub:\n    pass\nstub = Stub()\nassert f([stub]) == 1",
        "stack = Stack()\nstack.each(lambda v: v)\nassert f() == 1",
    ] {
        assert!(is_open(tests), "{tests}");
    }
    for tests in [
        "assert f(1) == 1",
        "assert sorted(f([2, 1]), key=lambda v: -v) == [2, 1]",
        "result = f(1)\nresult.sort(key=lambda v: v)\nassert result",
        "assert all(map(lambda n: f(n) == 1, [1, 2]))",
        "assert f(max) == 1",
        "this is no program",
    ] {
        assert!(!is_open(tests), "{tests}");
    }
}

#[test]
fn no_candidate_opens_tests_that_can_be_sealed() {
    let problem = problem(
        Some(
            "def f(text):\n    return [ord(c) for c in text]\ndef g(codes):\n    return ''.join(map(chr, codes))",
        ),
        "",
        "assert g(f('hello')) == 'hello'",
    );
    let yes =
        "class Yes:\n    def __eq__(self, other):\n        return True\ndef g(codes):\n    return Yes()\n";
    for result in [
        "[v := [7], [v := [v] for _ in range(1495)]][-1][-1]",
        "__import__('functools').reduce(lambda v, _: [v], range(197), __import__('collections').deque())",
        "__import__('functools').reduce(lambda v, _: [v], range(400), object())",
        "(v := [], v.append(v), v)[-1]",
        "compile('1', '', 'eval')",
        "__import__('datetime').datetime.now(__import__('datetime').timezone.utc)",
    ] {
        let judgement = judge(&problem, &format!("{yes}def f(text):\n    return {result}"));
        assert_ne!(judgement.verdict, Verdict::Passed, "{result}");
        assert!(!judgement.open, "{result}");
    }
}

#[test]
fn no_protocol_of_python_swallows_what_a_candidate_raises() {
    let reference = "def f(n):\n    return n * n";
    let verdict = |tests: &str, class: &str| {
        let program = format!("def f(n):\n    raise {class}");
        match judge(&problem(Some(reference), "", tests), &program).verdict {
            Verdict::Exception(raised) => raised.exception,
            other => panic!("{class} in {tests}: {other:?}"),
        }
    };
    for (tests, class) in [
        ("assert all(map(lambda n: f(n) == n * n, [2, 3]))", "StopIteration"),
        ("for square in map(f, [2, 3]):\n    assert square in (4, 9)", "StopIteration"),
        ("from itertools import starmap\nassert all(s == 4 for s in starmap(f, [(2,)]))", "StopIteration"),
        ("for square in iter(lambda: f(2), 4):\n    assert False", "StopIteration"),
        ("assert next(map(f, [2]), 4) == 4", "StopIteration"),
        (
            "class T:\n    @property\n    def x(self):\n        return f(2)\nassert getattr(T(), 'x', 4) == 4",
            "AttributeError",
        ),
        (
            "class T:\n    def __getitem__(self, i):\n        return f(i) if i < 3 else [][0]\n\
             assert list(T()) in ([0, 1, 4], [])",
            "IndexError",
        ),
    ] {
        let passes = judge(&problem(Some(reference), "", tests), reference);
        assert_eq!(passes.verdict, Verdict::Passed, "{tests}");
        assert_eq!(verdict(tests, class), class);
    }
    // Where tests look at it, it is what it is; and the end of an iterator is no failure.
    let stop = "def f(n):\n    raise StopIteration('over')";
    assert_sealed(
        stop,
        "try:\n    f(1)\nexcept StopIteration as error:\n    assert error.value == 'over'\nelse:\n    assert False",
    );
    assert_sealed(stop, "import unittest\nunittest.TestCase().assertRaises(StopIteration, f, 1)");
    assert_sealed(
        "def f():\n    yield 1",
        "values = f()\nassert next(values) == 1 and next(values, 7) == 7 and [*f()] == [1]",
    );
    assert_sealed(
        "class f:\n    x = 1",
        "assert hasattr(f, 'x') and not hasattr(f, 'y') and getattr(f(), 'z', 2) == 2",
    );
}

#[test]
fn a_candidate_names_only_what_the_tests_ask_for() {
    let problem = problem(
        Some("def f(r):\n    return 3 * r"),
        "import math\nLIMIT = 2\ndef close(a, b):\n    return math.isclose(a, b)",
        "assert close(f(2), 6) and abs(f(1)) == 3 and LIMIT == 2",
    );
    let forged = "import sys\nc = sys.modules['karat_guest.candidate']\ndef f(r):\n    return 0\ndef yes(*a, **k):\n    \
                  return True\n";
    for names in [
        "{'f': f, 'close': yes}",
        "{'f': f, 'abs': yes}",
        "{'f': f, 'LIMIT': yes}",
        "{'f': f, 'math': yes}",
        "{'f': f, '__builtins__': yes}",
        "{'f': f, 1: yes}",
    ] {
        let forge = format!(
            "{forged}c.names = lambda wanted: ('names', [(n, *c.wire.pack(v, c._hold)) for n, v in {names}.items()])\n\
             sys.modules['karat_guest'].OPERATIONS['names'] = c.names"
        );
        let judgement = judge(&problem, &forge);
        match &judgement.verdict {
            Verdict::Exception(raised) => assert_eq!(raised.exception, "Tampered", "{names}"),
            other => panic!("{names}: {other:?}"),
        }
        // Unless they are forged, names of the tests' own and builtins are simply not taken.
        let plain = format!("{forged}close = abs = LIMIT = math = yes");
        assert!(matches!(judge(&problem, &plain).verdict, Verdict::WrongAnswer(_)));
    }
}
