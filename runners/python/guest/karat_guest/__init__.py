"""The guest half of Karat's Python runner.

componentize-py runs this module once, at build time, and snapshots the interpreter. Everything that costs time or
is the same for every cell happens here, so that a cell starts with an interpreter that has all of this behind it.
"""

import gc
import io
import marshal
import sys

import wit_world

from . import environment

environment.prepare()

from . import (  # noqa: E402  (after the environment is in place)
    candidate,
    known,
    one_cell,
    one_cell_calls,
    preludes,
    program,
    sealable,
    sealed_tests,
    stand_in,
    wire,
)

known.prepare()
preludes.prepare()


OPERATIONS = {
    "compile": candidate.compile_program,
    "load": candidate.load,
    "use": candidate.use,
    "names": candidate.names,
    "call": candidate.call,
    "stdio": program.stdio,
    "check": sealed_tests.check,
    "statements": sealed_tests.statements,
    "sealable": sealable.sealable,
    "one_cell": one_cell.run,
    "one_cell_calls": one_cell_calls.run,
    "judge_output": program.check,
}


class WitWorld(wit_world.WitWorld):
    """The component's export: a request comes in as bytes, the reply goes out as bytes."""

    def handle(self, request):
        operation, *arguments = marshal.loads(request)
        if not sys.argv:
            sys.argv.append("")  # the interpreter empties the list when it starts
        return marshal.dumps(OPERATIONS[operation](*arguments), 2)


def _answer(request):
    """Stand in for the host while there is none."""
    operation, *arguments = marshal.loads(request)
    if operation == "use":
        reply = (*candidate.use(*arguments), None)
    else:
        reply = candidate.names(*arguments) if operation == "names" else ()
    return marshal.dumps(reply, 2)


def _warm_up():
    """Run every operation once, so that what CPython makes lazily (caches, interned names, specialised code) is in
    the snapshot."""
    source = (
        "from typing import List\n\n\ndef warm(numbers: List[int]) -> int:\n"
        '    """ Add them.\n    >>> warm([1, 2])\n    3\n    """\n'
        "    total = 0\n    for number in numbers:\n        total += number\n    return total\n"
    )
    test = "def check(candidate):\n    assert candidate([1, 2]) == 3\n    assert candidate([]) == %s\n"
    whole = source + "if __name__ == '__main__':\n    print(warm([1, 2]))\n"
    judge = "def check(input, expected, output):\n    return output == expected\n"
    wire.set_ask(_answer)
    sys.stdout = io.StringIO()  # what the builder would show is of no interest
    for expected in ("0", "1"):
        candidate.load(source, "warm")
        sealed_tests.check(source, test % expected, "warm", None)
        one_cell.run(source + test % expected + "\ncheck(warm)\n", False, False)
        candidate.forget()
        _, code = candidate.compile_program(whole)
        candidate.load(code, None)
        sealed_tests.statements("", "", f"assert warm([]) == {expected}\n", "warm", None)
        sealable.sealable("", test % expected, "warm")
        candidate.call(code, "", "warm", [[1, 2]])
        one_cell_calls.warm_up(source, "warm", [[1, 2]], 3)
        program.stdio(code, "")
        program.check(judge, "", "3\n", "3\n")
        candidate.forget()
        stand_in.forget()
    wire.set_ask(wit_world.ask)


_warm_up()
environment.settle()
gc.collect()
_kept = environment.fill_holes(), environment.room_for_the_stack()
gc.freeze()
