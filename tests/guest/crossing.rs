//! What crosses between a candidate and its tests: values, handles, exceptions.

use super::*;

#[test]
fn values_keep_their_types_when_they_cross() {
    for value in [
        "None",
        "True",
        "1",
        "-1",
        "2**31",
        "-2**31 - 1",
        "2**63",
        "-2**100",
        "1.5",
        "float('inf')",
        "1j",
        "'é\\ud800'",
        "b'\\x00'",
        "[1, [2.0]]",
        "(1, (2,))",
        "{1, 2}",
        "frozenset([1])",
        "{'a': [1], 2: None}",
        "...",
        "range(1, 9, 2)",
    ] {
        let assertions =
            format!("value = candidate()\nassert type(value) is type({value}) and value == {value}");
        assert_passes(&format!("return {value}"), &assertions);
    }
    assert_passes("return -0.0", "import math\nassert math.copysign(1, candidate()) == -1.0");
    assert_passes("return float('nan')", "value = candidate()\nassert value != value");
    assert_passes("return 1", "assert candidate() is not True and type(candidate()) is int");
    let library = "from collections import Counter, deque, OrderedDict, namedtuple\nfrom decimal import Decimal\n\
                   from fractions import Fraction\nimport datetime\n";
    let pairs = [
        ("Fraction(1, 3)", "Fraction(1, 3)"),
        ("Decimal('1.50')", "Decimal('1.5')"),
        ("deque([1, 2], maxlen=3)", "deque([1, 2])"),
        ("Counter('aab')", "{'a': 2, 'b': 1}"),
        ("OrderedDict([(1, 2)])", "OrderedDict({1: 2})"),
        ("datetime.date(2026, 1, 2)", "datetime.date(2026, 1, 2)"),
        ("[Fraction(1, 2), {1: deque()}]", "[Fraction(1, 2), {1: deque()}]"),
        ("namedtuple('P', 'x y')(1, 2)", "(1, 2)"),
    ];
    for (value, expected) in pairs {
        let judgement = judge_in(
            library,
            &format!("return {value}"),
            &format!("assert candidate() == {expected}"),
            Limits::default(),
        );
        assert_eq!(judgement.verdict, Verdict::Passed, "{value}");
    }
}

#[test]
fn what_is_no_data_crosses_as_a_handle() {
    assert_passes("return (n * n for n in range(4))", "assert list(candidate()) == [0, 1, 4, 9]");
    assert_passes("return lambda x, *, y: x + y", "assert candidate()(1, y=2) == 3");
    assert_passes("return map(str, [1, 2])", "assert ','.join(candidate()) == '1,2'");
    assert_passes(
        "class Stack:\n    def __init__(self):\n        self.items = []\n    def push(self, item):\n        \
         self.items.append(item)\n    def __len__(self):\n        return len(self.items)\nreturn Stack()",
        "stack = candidate()\nstack.push(3)\nassert len(stack) == 1 and stack.items == [3]",
    );
}

#[test]
fn arguments_changed_in_place_are_seen_by_the_tests() {
    assert_passes(
        "arguments[0].sort()",
        "numbers = [3, 1, 2]\ncandidate(numbers)\nassert numbers == [1, 2, 3]",
    );
    assert_passes("arguments[0]['a'] = 1", "table = {}\ncandidate(table)\nassert table == {'a': 1}");
    assert_passes(
        "return sorted(arguments[0])",
        "numbers = [2, 1]\nassert candidate(numbers) == [1, 2]\nassert numbers == [2, 1]",
    );
}

#[test]
fn exceptions_cross_with_their_class_and_message() {
    assert_passes(
        "raise ValueError('too small', 3)",
        "try:\n    candidate()\nexcept ValueError as error:\n    assert error.args == ('too small', 3)\nelse:\n    assert False",
    );
    assert_passes(
        "class Odd(KeyError):\n    pass\nraise Odd('k')",
        "try:\n    candidate()\nexcept LookupError as error:\n    assert type(error).__name__ == 'Odd'\nelse:\n    assert False",
    );
}

#[test]
fn a_failed_assertion_tells_its_values() {
    let judgement = judge_by(
        "return arguments[0] * 2",
        "for n in [1, 2]:\n    assert candidate(n) == n + 1, 'n is %d' % n",
    );
    let Verdict::WrongAnswer(assertion) = judgement.verdict else { panic!("{judgement:?}") };
    assert_eq!(assertion.line, Some(3));
    assert_eq!(assertion.assertion.as_deref(), Some("assert candidate(n) == n + 1, 'n is %d' % n"));
    assert_eq!(assertion.input.as_deref(), Some("2"));
    assert_eq!(assertion.got.as_deref(), Some("4"));
    assert_eq!(assertion.expected.as_deref(), Some("3"));
    assert_eq!(assertion.message.as_deref(), Some("n is 2"));
}

#[test]
fn an_exception_tells_its_line() {
    let judgement = judge_by("values = []\nreturn values[3]", "candidate()");
    let Verdict::Exception(raised) = judgement.verdict else { panic!("{judgement:?}") };
    assert_eq!(
        (raised.exception.as_str(), raised.message.as_str()),
        ("IndexError", "list index out of range")
    );
    let location = raised.location.unwrap();
    assert_eq!((location.line, location.text.as_str()), (4, "return values[3]"));
}
