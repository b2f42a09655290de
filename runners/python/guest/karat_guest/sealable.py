"""Whether tests can be sealed, told from their text: where there is no reference solution that shows it.

Tests can not be sealed if they hand the candidate something that has to run in their own cell: a function, an
iterator, an object of a class of their own. In doubt they can."""

import ast
import builtins

# Methods of data may take a function: `result.sort(key=…)` is nothing that the candidate gets.
_OF_DATA = {name for cls in (list, dict, set, str, tuple) for name in dir(cls)}
_ITERATORS = {"iter", "open", "map", "filter", "zip", "enumerate", "reversed", "StringIO", "BytesIO", "Mock"}


def sealable(setup, test, entry_point):
    """`("sealable",)`, or `("open", why)`."""
    try:
        trees = [ast.parse(text) for text in (setup, test)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ("sealable",)
    nodes = [node for tree in trees for node in ast.walk(tree)]
    own = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in nodes
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assigned = _assigned(nodes)
    running = set(own)
    # What is made of something that runs in the tests' cell may be such a thing itself.
    while True:
        more = {name for name, value in assigned if _runs(value, running)} - running
        if not more:
            break
        running |= more
    foreign = {*dir(builtins), *own, *imported} - {entry_point, "candidate"}
    of_candidate = {name for name, value in assigned if _root(value, foreign, None) is not None}
    for node in nodes:
        if isinstance(node, ast.Call) and _root(node, foreign, of_candidate) is not None:
            for value in (*node.args, *(keyword.value for keyword in node.keywords)):
                if _runs(value, running):
                    return ("open", f"line {value.lineno} hands over {ast.unparse(value)[:80]}")
    return ("sealable",)


def _assigned(nodes):
    """Every `(name, value)` that is assigned."""
    pairs = []
    for node in nodes:
        if isinstance(node, ast.Assign):
            pairs += [(t.id, node.value) for target in node.targets for t in ast.walk(target) if isinstance(t, ast.Name)]
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and isinstance(node.target, ast.Name) and node.value:
            pairs.append((node.target.id, node.value))
    return pairs


def _runs(value, running):
    """Whether a value is, or holds, something that has to run where it was made."""
    if isinstance(value, (ast.Lambda, ast.GeneratorExp)):
        return True
    if isinstance(value, ast.Name):
        return value.id in running
    if isinstance(value, ast.Call):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", None)
        return called in _ITERATORS or called in running and called[:1].isupper()
    if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        return any(_runs(item, running) for item in value.elts)
    if isinstance(value, ast.Dict):
        return any(_runs(item, running) for item in value.values)
    return isinstance(value, ast.Starred) and _runs(value.value, running)


def _root(value, foreign, of_candidate):
    """The name of the candidate's that a call calls, directly or as a method of what came of another call. Names in
    `of_candidate` hold what the candidate gave: their methods count, but those that data has."""
    if not isinstance(value, ast.Call):
        return None
    called = value.func
    method = called.attr if isinstance(called, ast.Attribute) else None
    while isinstance(called, (ast.Attribute, ast.Call)):
        called = called.value if isinstance(called, ast.Attribute) else called.func
    if not isinstance(called, ast.Name) or called.id in foreign:
        return None
    if method is None or (of_candidate is not None and called.id in of_candidate and method not in _OF_DATA):
        return called.id
    return called.id if isinstance(value.func.value, ast.Call) and method not in _OF_DATA else None
