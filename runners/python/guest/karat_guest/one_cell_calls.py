"""Tests by calls in one cell with the candidate: the ways of EvalPlus, APPS and LiveCodeBench, to the letter. What the
candidate does to equality or to its arguments has the effect that it has there."""

import itertools
import math
from time import monotonic

from . import eager_annotations, harness_programs, numpy_close
from .one_cell import Swallowed, at_depth_of, described, take_away


class TookTooLong(Exception):
    """A call came to its end, but later than the harness would have waited."""


def run(harness, program, prelude, entry_point, cases, stop, early_annotations):
    """Call the candidate for each `(arguments, expected, option)` in order, all in one namespace:
    `("syntax_error", description)`, `("raised", description)`, if there is nothing to call, or
    `("called", [outcome, …])`, each outcome `("passed",)`, `("wrong", repr)` or `("raised", description)`. With
    `stop`, the first that did not pass is the last.

    `option` is `(seconds, oracle, atol)`: how long a call may take, None if only all of them together are limited; the rest
    is EvalPlus's. Without an entry point, each case is the text of a standard input for a whole program, and the answer is
    as `harness_programs.run` has it."""
    if not entry_point:
        return harness_programs.run(harness, program, *cases, early_annotations)
    take_away(harness)
    return answer(harness, program, entry_point, cases, stop, early_annotations)


def answer(harness, program, entry_point, cases, stop, early_annotations):
    """As `run`, in a cell from which all was taken away that had to be."""
    if harness != "eval_plus":
        harness_programs.detach_streams()
    try:
        prepare = eager_annotations.compiled if harness == "eval_plus" else harness_programs.behind_prelude
        code = prepare(program, early_annotations)
    except BaseException as error:
        return ("syntax_error", harness_programs.described_behind_prelude(harness, error))
    calls = _eval_plus_calls if harness == "eval_plus" else _calls
    try:
        return ("called", calls(harness, code, program, entry_point, cases, stop))
    except BaseException as error:
        return ("raised", harness_programs.described_behind_prelude(harness, error))


def warm_up(program, entry_point, arguments, expected):
    """Do what does not change what later programs find, once."""
    for early_annotations in (True, False):
        answer("apps", program, entry_point, [(arguments, expected, (None,))], True, early_annotations)
        harness_programs.answer("apps", program, "", early_annotations)


def _eval_plus_calls(harness, code, program, entry_point, cases, stop):
    """EvalPlus takes whatever is raised during a call for a failure of that call."""
    namespace = {}
    with Swallowed():
        at_depth_of(harness, exec, code, namespace)
        function = namespace[entry_point]
    outcomes = []
    for arguments, expected, (seconds, oracle, atol) in cases:
        started = monotonic()
        try:
            with Swallowed():
                got = at_depth_of(harness, function, *arguments)
            _in_time(started, seconds)
            outcomes.append(_outcome(_eval_plus(got, expected, arguments, oracle, atol), got))
        except BaseException as error:
            outcomes.append(("raised", described(error)))
        if stop and outcomes[-1] != ("passed",):
            break
    return outcomes


def _calls(harness, code, program, entry_point, cases, stop):
    """What is no `Exception` ends the process there, and all calls with it."""
    namespace = harness_programs.namespace(harness)
    exec(code, namespace)
    function = _function_of(harness, namespace, program, entry_point)
    outcomes = []
    for arguments, expected, (seconds, *_) in cases:
        started = monotonic()
        try:
            if harness == "apps":
                got = at_depth_of(harness, function, *arguments)
            else:
                got = function(*arguments)
            _in_time(started, seconds)
            outcomes.append(_outcome(_PASSES[harness](got, expected), got))
        except Exception as error:
            outcomes.append(("raised", harness_programs.described_behind_prelude(harness, error)))
        if stop and outcomes[-1] != ("passed",):
            break
    return outcomes


def _function_of(harness, namespace, program, entry_point):
    """Both harnesses look for a class in the text of the program, whatever it is there."""
    if "class Solution" in program:
        holder = harness_programs.attribute(namespace, "Solution")()
        return getattr(holder, entry_point)
    return harness_programs.attribute(namespace, entry_point)


def _in_time(started, seconds):
    if seconds is not None and monotonic() - started > seconds:
        raise TookTooLong(f"the call took more than {seconds} s")


def _outcome(passes, got):
    return ("passed",) if passes else ("wrong", repr(got)[:500])


def _eval_plus(got, expected, arguments, oracle, atol):
    """`arguments` are what the call left of them, and `atol` is the tolerance in force for this test. An assertion that
    fails, and all else that is raised, is a failure."""
    if oracle == "polynomial_zero":
        return abs(sum(c * math.pow(got, power) for power, c in enumerate(*arguments))) <= atol
    right = got == expected
    if oracle == "set":
        right = set(got) == set(expected)
    elif oracle == "not_none":  # what is compared is whether there is an answer; a truth value says so itself
        there = expected is not None
        right = got == there if isinstance(got, bool) else there == (got is not None)
        expected = there
    elif oracle == "anything":
        right = True
    elif oracle == "or_zero":
        right = right or got == 0
    elif oracle == "or_digit_distance":
        right = right or got == _digit_distance(*arguments)
    elif oracle == "or_pyramid_surface":
        right = right or abs(got - _pyramid_surface(*arguments)) <= atol
    if right or atol == 0:
        return right
    if not type(got) == type(expected):
        return False
    if isinstance(expected, (list, tuple)) and len(got) != len(expected):
        return False
    try:
        return numpy_close.allclose(got, expected, 1e-7, atol)
    except numpy_close.NoArray:
        return False


def _digit_distance(one, other):
    digits = itertools.zip_longest(reversed(str(one)), reversed(str(other)), fillvalue="0")
    return sum(abs(int(a) - int(b)) for a, b in digits)


def _pyramid_surface(base, height):
    return round(base * base + 4 * (base * math.sqrt((base / 2) ** 2 + height**2)) / 2)


def _apps(got, expected):
    """An outer tuple counts as a list, and so do tuples in it; the expected value may be wrapped in a list."""
    if isinstance(got, tuple):
        got = list(got)
    right = got == expected
    if isinstance(expected, list) and expected:
        right = right or got == expected[0]
    try:
        if isinstance(got[0], tuple):
            right = right or [list(item) for item in got] == expected[0]
    except BaseException:  # a bare `except` there, too
        pass
    return right


def _live_code_bench(got, expected):
    if isinstance(got, tuple):
        got = list(got)
    return got == expected


_PASSES = {"apps": _apps, "live_code_bench": _live_code_bench}
