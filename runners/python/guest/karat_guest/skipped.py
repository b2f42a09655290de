"""What a context manager of the candidate's may swallow: what the tests raise whatever the candidate did."""

import ast
import builtins

from .raised import TESTS

_text = ""


def read(test):
    """From now on, `<tests>` is this text."""
    global _text
    _text = test


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
