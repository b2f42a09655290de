"""Tests by calls in one cell with the candidate: the ways of EvalPlus, APPS and LiveCodeBench, to the letter. What the
candidate does to equality or to its arguments has the effect that it has there."""

import copy
import itertools
import math

from . import preludes
from .candidate import code_of, function_of
from .one_cell import take_away
from .raised import describe


def run(harness, program, prelude, entry_point, cases, stop):
    """Call the candidate for each `(arguments, expected, option)` in order, all in one namespace:
    `("syntax_error", description)`, `("raised", description)`, if there is nothing to call, or
    `("called", [outcome, …])`, each outcome `("passed",)`, `("wrong", repr)` or `("raised", description)`. With
    `stop`, the first that did not pass is the last."""
    if harness == "eval_plus":
        take_away()
    try:
        code = code_of(program)
    except BaseException as error:
        return ("syntax_error", describe(error))
    namespace = preludes.namespace(prelude)
    try:
        exec(code, namespace)
        function = namespace[entry_point] if harness == "eval_plus" else function_of(namespace, entry_point)
    except BaseException as error:
        return ("raised", describe(error))
    outcomes = []
    for arguments, expected, option in cases:
        outcomes.append(_one(_PASSES[harness], function, arguments, expected, option))
        if stop and outcomes[-1] != ("passed",):
            break
    return ("called", outcomes)


def _one(passes, function, arguments, expected, option):
    given = copy.deepcopy(arguments)
    try:
        got = function(*arguments)
        if passes(got, expected, given, option):
            return ("passed",)
        return ("wrong", repr(got)[:500])
    except BaseException as error:
        return ("raised", describe(error))


def _eval_plus(got, expected, arguments, option):
    """`option` is `(oracle, atol)`, the tolerance being the one in force for this test."""
    oracle, atol = option
    if oracle == "polynomial_zero":
        return abs(sum(c * math.pow(got, power) for power, c in enumerate(arguments[0]))) <= atol
    if oracle == "set":
        right = set(got) == set(expected)
    elif oracle == "not_none":  # what is compared is whether there is an answer; a truth value says so itself
        there = expected is not None and expected is not False
        right = got == there if isinstance(got, bool) else (got is not None) == there
    elif oracle == "anything":
        right = True
    else:
        right = got == expected
    if not right and oracle == "or_zero":
        right = got == 0
    elif not right and oracle == "or_digit_distance":
        one, other = map(str, arguments)
        digits = itertools.zip_longest(reversed(one), reversed(other), fillvalue="0")
        right = got == sum(abs(int(a) - int(b)) for a, b in digits)
    elif not right and oracle == "or_pyramid_surface":
        base, height = arguments
        right = abs(got - round(base * base + 2 * base * math.sqrt((base / 2) ** 2 + height**2))) <= atol
    return right or atol != 0 and type(got) is type(expected) and _close(got, expected, atol)


def _close(got, expected, atol):
    if isinstance(expected, (list, tuple)):
        return len(got) == len(expected) and all(_close(g, e, atol) for g, e in zip(got, expected))
    if abs(expected) < math.inf:
        return abs(got - expected) <= atol + 1e-7 * abs(expected)
    return got == expected


def _apps(got, expected, arguments, option):
    """An outer tuple counts as a list, and so do tuples in it; the expected value may be wrapped in a list."""
    if isinstance(got, tuple):
        got = list(got)
    right = got == expected
    if isinstance(expected, list) and expected:
        right = right or got == expected[0]
    try:
        if isinstance(got[0], tuple):
            right = right or [list(item) for item in got] == expected[0]
    except (TypeError, IndexError, KeyError):
        pass
    return right


def _live_code_bench(got, expected, arguments, option):
    if isinstance(got, tuple):
        got = list(got)
    return got == expected


_PASSES = {"eval_plus": _eval_plus, "apps": _apps, "live_code_bench": _live_code_bench}
