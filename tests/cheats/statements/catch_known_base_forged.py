# Say that what the tests catch is the class of all exceptions.
# verdict: wrong_answer
# problem: first
import marshal

import karat_guest
from karat_guest import candidate, wire


def first(items):
    return 3


def names(wanted):
    values = {
        "first": wire.pack(first, candidate._hold),
        "EmptyError": (wire.TREE, marshal.dumps(("known", "builtins.BaseException"), 2)),
    }
    return "names", [(name, *values[name]) for name in wanted]


karat_guest.OPERATIONS["names"] = names
