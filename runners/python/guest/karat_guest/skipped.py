"""Assertions that were not reached since a context manager of the candidate's swallowed what was raised before them."""

import ast
import sys

from .raised import TESTS

_text = ""


def read(test):
    """From now on, `<tests>` is this text."""
    global _text
    _text = test


def skips_an_assertion(traceback):
    """Whether a `with` statement of the tests, which is the caller's caller, would leave one out by swallowing what the
    traceback tells of."""
    frame = sys._getframe(2)
    if frame.f_code.co_filename != TESTS:
        return False
    line, _, column, _ = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    for statement in ast.walk(ast.parse(_text)):
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            managers = [(item.context_expr.lineno, item.context_expr.col_offset) for item in statement.items]
            if (line, column) in managers:
                nodes = (node for part in statement.body for node in ast.walk(part))
                return any(_is_assertion(node) and node.end_lineno >= traceback.tb_lineno for node in nodes)
    return False


def _is_assertion(node):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr.startswith("assert")
    return isinstance(node, ast.Assert)
