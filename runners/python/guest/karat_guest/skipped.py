"""What the text of the tests tells of exceptions: what a context manager of the candidate's may swallow, which is what the
tests raise whatever the candidate did, and by which names they catch some."""

import ast
import builtins

from .raised import TESTS

_text = _setup = ""
_caught = None


def read(test, setup=""):
    """From now on, `<tests>` is this text, and this what comes before it."""
    global _text, _setup, _caught
    _text, _setup, _caught = test, setup, None


def is_caught(name):
    """Whether the tests catch exceptions by an attribute of this name."""
    global _caught
    if _caught is None:
        _caught = set()
        for text in (_setup, _text):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ExceptHandler) and node.type is not None:
                    _caught.update(part.attr for part in ast.walk(node.type) if isinstance(part, ast.Attribute))
                elif isinstance(node, ast.Call):
                    _caught.update(part.attr for part in _raised_by_name(node) if isinstance(part, ast.Attribute))
    return name in _caught


def _raised_by_name(call):
    """What `assertRaises`, `raises` or `suppress` is told to catch."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called in ("assertRaises", "assertRaisesRegex", "raises", "suppress"):
        for argument in call.args:
            yield from ast.walk(argument)


def may_swallow(traceback):
    """Whether what the traceback tells of was raised by a statement that stands by itself in the body of a `with` of the
    tests', and does nothing but raise: it says so, or has only constants and what is built in. Whatever follows it in
    the body can not have been meant to be reached. All else may come of what the candidate gave, so that swallowing it
    could leave out an assertion, in a function that was called or in the next turn of a loop."""
    if traceback is None or traceback.tb_next is not None or traceback.tb_frame.f_code.co_filename != TESTS:
        return False
    place = list(traceback.tb_frame.f_code.co_positions())[traceback.tb_lasti // 2]
    for statement in ast.walk(ast.parse(_text)):
        if isinstance(statement, ast.With):
            for part in statement.body:
                if _holds(part, place):
                    return _only_raises(part, place)
    return False


def _holds(node, place):
    line, end_line, column, end_column = place
    start, end = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    nested = isinstance(node, (ast.With, ast.For, ast.While, ast.If, ast.Try, ast.FunctionDef, ast.ClassDef))
    return not nested and None not in place and start <= (line, column) and (end_line, end_column) <= end


def _only_raises(statement, place):
    if isinstance(statement, ast.Raise):
        return place == (statement.lineno, statement.end_lineno, statement.col_offset, statement.end_col_offset)
    if not isinstance(statement, (ast.Expr, ast.Assign)):
        return False
    for node in ast.walk(statement):
        if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await)):
            return False
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not hasattr(builtins, node.id):
            return False
    return True
