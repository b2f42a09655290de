"""Why an assertion failed, found out after the fact so that passing tests pay nothing: the values of its two sides,
computed again with the answers that the candidate gave the first time."""

import ast

from . import stand_in
from .raised import TESTS

_LONGEST = 500

_OPERATORS = {
    ast.Eq: "", ast.NotEq: "not ", ast.Lt: "< ", ast.LtE: "<= ", ast.Gt: "> ", ast.GtE: ">= ", ast.Is: "is ",
    ast.IsNot: "is not ", ast.In: "in ", ast.NotIn: "not in ",
}  # fmt: skip


def explain(error, test):
    """A dict with what can be said of `assertion`, `input`, `expected` and `got`, each a text."""
    try:
        return _explain(error, test)
    except (Exception, stand_in.Uncrossable):
        return {}


def _explain(error, test):
    frame = line = None
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == TESTS:
            frame, line = traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
    statement = None
    for node in ast.walk(ast.parse(test)):
        if isinstance(node, ast.Assert) and node.lineno <= line <= node.end_lineno:
            statement = node
    if statement is None:
        return {}
    explanation = {"assertion": _short(ast.get_source_segment(test, statement))}

    calls = []

    class Replay:
        def __init__(self, replayed):
            self._replayed = replayed

        def __call__(self, *positional, **keywords):
            shown = [repr(value) for value in positional]
            shown += [f"{name}={value!r}" for name, value in keywords.items()]
            calls.append(", ".join(shown))
            return stand_in.answered(self._replayed, positional, keywords)

    def replayed(scope):
        return {k: Replay(v) if stand_in.Callable in type(v).__mro__ else v for k, v in scope.items()}

    variables, local_variables = replayed(frame.f_globals), replayed(frame.f_locals)

    def value_of(expression):
        code = compile(ast.Expression(expression), TESTS, "eval", dont_inherit=True)
        return eval(code, variables, local_variables)

    condition = statement.test
    if isinstance(condition, ast.Compare) and len(condition.ops) == 1:
        left = value_of(condition.left)
        calls_on_the_left = len(calls)
        right = value_of(condition.comparators[0])
        operator = _OPERATORS[type(condition.ops[0])]
        got, expected = (left, right) if calls_on_the_left or not calls else (right, left)
        explanation["got"] = _short(repr(got))
        explanation["expected"] = _short(operator + repr(expected))
    else:
        explanation["got"] = _short(repr(value_of(condition)))
        explanation["expected"] = "a true value"
    if calls:
        explanation["input"] = _short("; ".join(calls))
    return explanation


def _short(text):
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
