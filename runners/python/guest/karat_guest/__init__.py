"""The guest half of Karat's Python runner.

componentize-py runs this module once, at build time, and snapshots the interpreter. Everything that costs time or
is the same for every cell happens here, so that a cell starts with an interpreter that has all of this behind it.
"""

import gc
import marshal

import wit_world

from . import environment

environment.prepare()

from . import candidate, one_cell, sealed_tests, wire  # noqa: E402  (after the environment is in place)

OPERATIONS = {
    "load": candidate.load,
    "use": candidate.use,
    "test": sealed_tests.run,
    "one_cell": one_cell.run,
}


class WitWorld(wit_world.WitWorld):
    """The component's export: a request comes in as bytes, the reply goes out as bytes."""

    def handle(self, request):
        operation, *arguments = marshal.loads(request)
        return marshal.dumps(OPERATIONS[operation](*arguments), 2)


def _answer(request):
    """Stand in for the host while there is none."""
    operation, *arguments = marshal.loads(request)
    return marshal.dumps(candidate.use(*arguments) if operation == "use" else (), 2)


def _warm_up():
    """Run every operation once, so that what CPython makes lazily (caches, interned names, specialised code) is in
    the snapshot."""
    program = (
        "from typing import List\n\n\ndef warm(numbers: List[int]) -> int:\n"
        '    """ Add them.\n    >>> warm([1, 2])\n    3\n    """\n'
        "    total = 0\n    for number in numbers:\n        total += number\n    return total\n"
    )
    test = "def check(candidate):\n    assert candidate([1, 2]) == 3\n    assert candidate([]) == %s\n"
    for expected in ("0", "1"):
        candidate.load(program, "warm")
        wire.set_ask(_answer)
        sealed_tests.run(program, test % expected, "warm")
        one_cell.run(program + test % expected + "\ncheck(warm)\n", False)
    wire.set_ask(wit_world.ask)
    candidate.forget()


_warm_up()
environment.settle()
gc.collect()
_kept = environment.fill_holes()
gc.freeze()
