"""Whole programs as APPS and LiveCodeBench run them: not as a program, but as the body of a function that is called with
other streams in the place of the process's. What follows from that is upstream's: names of the top are local, so that a
`global` in a function does not reach them; a `return` may stand at the top; `__name__` is not `__main__`."""

import ast
import builtins
import contextlib
import io
import sys
from unittest import mock

from . import eager_annotations, environment, preludes, threads
from .one_cell import at_depth_of, described, take_away
from .raised import PROGRAM


def run(harness, program, text, early_annotations):
    """Run a program on a standard input: `("syntax_error", description)`; `("raised", description)`, if nothing comes of
    it for any input: there is nothing to call, or the process ended; or `("called", [outcome], output)`, the outcome
    being `("passed",)` if it came to its end, else `("raised", description)`."""
    take_away(harness)
    return answer(harness, program, text, early_annotations)


def answer(harness, program, text, early_annotations):
    """As `run`, in a cell from which all was taken away that had to be."""
    detach_streams()
    prepare, call = _WAYS[harness]
    try:
        code, line_of = prepare(program, early_annotations)
    except BaseException as error:
        return ("syntax_error", _described(error, _line_of_apps(program) if harness == "apps" else _same))
    output = _captured()
    try:
        function = _loaded(harness, program, code)
        with _Patched(harness, text, output):
            outcome = call(function)
            # Elsewhere they run beside it, and have mostly ended by now.
            threads.finish()
    except BaseException as error:
        return ("raised", _described(error, line_of))
    if outcome is not None:
        outcome = ("raised", _described(outcome, line_of))
    return ("called", [outcome or ("passed",)], output.getvalue().encode("utf-8", "surrogatepass"))


def detach_streams():
    """The process's own input is /dev/null there, and what is written to its output goes nowhere that counts."""
    environment.open_standard_input()
    sys.stdout = sys.__stdout__ = _lost()


def namespace(harness):
    """The namespace that a program finds: what the harness puts before it defines, streams among that."""
    names = preludes.namespace(harness)
    if harness == "live_code_bench":
        names.update(__name__="tmp_sol", __doc__="", __package__=None, __loader__=None, __spec__=None)
        # What came with `from sys import *` and then `from builtins import *`.
        names.update({name: getattr(sys, name) for name in ("stdin", "stdout", "stderr")})
        names.update({name: getattr(builtins, name) for name in ("exit", "quit", "help")})
    return names


def attribute(names, name):
    """What a module with these names has by that name."""
    if name not in names:
        raise AttributeError(f"module 'tmp_sol' has no attribute {name!r}")
    return names[name]


def behind_prelude(program, early_annotations):
    """The code of a program whose functions are called. It is compiled together with the prelude, so that it does not
    begin with what it begins with: `from __future__` fails."""
    return eager_annotations.compiled(_PRELUDE + program, early_annotations)


def described_behind_prelude(harness, error):
    """As `described`, with the line of the program."""
    return described(error) if harness == "eval_plus" else _described(error, lambda line: line - _PRELUDE_LINES)


# In the place of the prelude, which was executed when the guest was built.
_PRELUDE = "import sys\n"
_PRELUDE_LINES = 1


def _described(error, line_of):
    description = described(error)
    source, line = description[4:6]
    if source == PROGRAM:
        description = (*description[:5], max(line_of(line), 1), *description[6:])
    return description


def _same(line):
    return line


def _loaded(harness, program, code):
    """The function that the program became. LiveCodeBench makes an instance of a class `Solution` wherever it finds one
    in the text, and the module has none: the class is a local name of the function."""
    names = namespace(harness)
    exec(code, names)
    if harness == "apps":
        return attribute(names, "code")
    if _mentions_solution(program):
        attribute(names, "Solution")()
    return attribute(names, "wrapped_function")


# APPS ---------------------------------------------------------------------------------------------------------------

_HEAD = ["stdin = sys.stdin", "stdout = sys.stdout", "def code():"]


def _apps(program, early_annotations):
    """Imports that stand before all else stay at the top. The rest goes into a function, line by line, each behind a tab:
    also the lines of a text."""
    lines, started = [], False
    for line in program.split("\n"):
        is_import = line.startswith(("from ", "import "))
        if not (is_import or started):
            started = True
            lines += _HEAD
        lines.append("\t" + line if started else line)
    code = eager_annotations.compiled(_PRELUDE + "\n".join(lines) + "\n", early_annotations)
    return code, _line_of_apps(program)


def _line_of_apps(program):
    lines = program.split("\n")
    imports = 0
    while imports < len(lines) and lines[imports].startswith(("from ", "import ")):
        imports += 1

    def line_of(line):
        line -= _PRELUDE_LINES
        return line if line <= imports else max(line - len(_HEAD), imports + 1)

    return line_of


def _call_apps(function):
    return at_depth_of("apps_program", _call, function)


# LiveCodeBench ------------------------------------------------------------------------------------------------------


def _live_code_bench(program, early_annotations):
    """Imports of the top level go to the top, wherever they stand; all else goes into a function. A last statement
    `if __name__ == '__main__':` is replaced by its body."""
    statements = ast.parse(program, PROGRAM).body
    if statements and isinstance(statements[-1], ast.If) and _asks_for_main(statements[-1].test):
        statements[-1:] = statements[-1].body
    imports = [statement for statement in statements if isinstance(statement, (ast.Import, ast.ImportFrom))]
    others = [statement for statement in statements if not isinstance(statement, (ast.Import, ast.ImportFrom))]
    if not others:
        raise SyntaxError("there are no statements but imports")
    if _may_nest_deeply(program):
        # The program is written again there, by a function that recurses, before there is a higher limit.
        at_depth_of("live_code_bench", ast.unparse, ast.Module(others, []))
    module = ast.parse(_PRELUDE + "def wrapped_function():\n    pass\n")
    module.body[-1].body = others
    module.body[1:1] = imports
    if early_annotations:
        module = eager_annotations.evaluated(module)
    return compile(module, PROGRAM, "exec", dont_inherit=True), _same


def _may_nest_deeply(program):
    lines = program.split("\n")
    return len(lines) > _LONG or max(map(len, lines)) > _LONG


_LONG = 300  # less than makes some hundred operators, whether they stand in a line or each in one of its own


def _asks_for_main(test):
    return ast.unparse(test).strip() == "__name__ == '__main__'"


def _mentions_solution(program):
    """Whether `class Solution` is in the program as it is written again without comments."""
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.ClassDef) and node.name.startswith("Solution"):
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "class Solution" in node.value:
            return True
    return False


def _call(function):
    """Leaving is an end. What is no `Exception` ends the process there, and with it all tests."""
    try:
        function()
    except SystemExit:
        return None
    except Exception as error:
        return error
    return None


_WAYS = {"apps": (_apps, _call_apps), "live_code_bench": (_live_code_bench, _call)}


# Streams ------------------------------------------------------------------------------------------------------------


class _Patched:
    """What the harnesses replace during the call. They mean to change three methods of the stand-in for `sys.stdin`, but
    change those of the process's own: whoever took that before, as preludes and imports do, reads the input by them."""

    def __init__(self, harness, text, output):
        self._text, self._output = text, output
        self._input = io.StringIO(text) if harness == "apps" else _StandIn(text)

    def __enter__(self):
        self._before = builtins.open, sys.stdin, sys.stdout
        lines = iter(self._text.split("\n"))
        sys.stdin.read = lambda *_: self._text
        sys.stdin.readlines = lambda *_: self._text.split("\n")
        sys.stdin.readline = lambda *_: next(lines)
        builtins.open = _Opens(self._text)
        sys.stdin, sys.stdout = self._input, self._output

    def __exit__(self, *_):
        builtins.open, sys.stdin, sys.stdout = self._before
        for name in ("read", "readlines", "readline"):
            with contextlib.suppress(AttributeError):
                delattr(sys.stdin, name)


class _Opens:
    """In the place of `open`: whatever file it is, what is read is the input, and what is written is lost. The stand-in
    costs more than most programs, so it is made for those that open something."""

    def __init__(self, text):
        self._text, self._open = text, None

    def __call__(self, *arguments, **keywords):
        if self._open is None:
            self._open = mock.mock_open(read_data=self._text)
        return self._open(*arguments, **keywords)


def _captured():
    """Standard output during a call. Closing it fails, since what takes the place of that wants an argument."""
    stream = io.StringIO()
    stream.close = lambda ignored: 1
    return stream


class _StandIn:
    """LiveCodeBench's stand-in for standard input. That one can not be iterated over, which is the one thing that is
    not done here as there."""

    def __init__(self, text):
        self._text, self._lines = text, io.StringIO(text)
        self.buffer = _StandInBuffer(text)

    def read(self, *_):
        return self._text

    def readline(self, *arguments):
        return self._lines.readline(*arguments)

    def readlines(self, *_):
        return self._text.split("\n")

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._lines)

    def __getattr__(self, name):
        return getattr(self._lines, name)


class _StandInBuffer:
    """Reads the whole input, or its first line, as often as it is asked."""

    def __init__(self, text):
        self._bytes = text.encode()

    def read(self, *_):
        return self._bytes

    def readline(self, *_):
        return self._bytes.split(b"\n")[0] + b"\n"


class _Nowhere(io.RawIOBase):
    """Takes everything and keeps nothing."""

    def writable(self):
        return True

    def fileno(self):
        return 1

    def write(self, data):
        return len(data)


def _lost():
    return io.TextIOWrapper(io.BufferedWriter(_Nowhere()), encoding="utf-8", errors="backslashreplace")
