"""Annotations as Python had them before 3.14: evaluated where a function is defined. The harnesses were run by such, where
a completion that uses `List` without having imported it fails as soon as it is executed."""

import ast

from .raised import PROGRAM


def compiled(source, early):
    """Compile the source of a program, so that annotations are evaluated `early`. That takes as long as compiling it
    twice, so the host says where it makes no difference."""
    if not early:
        return compile(source, PROGRAM, "exec", dont_inherit=True)
    try:
        return compile(evaluated(ast.parse(source, PROGRAM)), PROGRAM, "exec", dont_inherit=True)
    except (RecursionError, MemoryError):  # only the compiler itself reads what is nested that deeply
        return compile(source, PROGRAM, "exec", dont_inherit=True)


def evaluated(module):
    """The same module, with a statement before each definition that does nothing but evaluate its annotations."""
    if any(map(_postpones, module.body)):
        return module
    open_lists = [(module.body, False)]
    while open_lists:
        statements, in_function = open_lists.pop()
        for statement in statements:
            is_function = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
            inner = is_function or in_function and not isinstance(statement, ast.ClassDef)
            for holder in (statement, *getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                for field in ("body", "orelse", "finalbody"):
                    inside = getattr(holder, field, None)
                    if isinstance(inside, list):
                        open_lists.append((inside, inner))
        statements[:] = [new for old in statements for new in (*_evaluations(old, in_function), old)]
    return module


def _postpones(statement):
    names = statement.names if isinstance(statement, ast.ImportFrom) and statement.module == "__future__" else ()
    return any(name.name == "annotations" for name in names)


def _evaluations(statement, in_function):
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and not statement.type_params:
        of = statement.args
        arguments = (*of.posonlyargs, *of.args, of.vararg, *of.kwonlyargs, of.kwarg)
        annotations = [argument.annotation for argument in arguments if argument is not None]
        annotations.append(statement.returns)
    elif isinstance(statement, ast.AnnAssign) and not in_function:
        annotations = [statement.annotation]
    else:
        annotations = []
    for annotation in annotations:
        if annotation is not None and not isinstance(annotation, ast.Constant):
            yield ast.copy_location(ast.Expr(annotation), annotation)
