"""What programs find around them that the light runner's guest leaves otherwise: warnings, randomness, a home."""

import contextlib
import os
import random
import warnings

_HOME = "/tmp"
# After the standard streams and the root.
_FIRST_DESCRIPTOR = 4
_filters = []
_IGNORE_ALL = ("ignore", None, Warning, None, 0)


def note():
    """Note which warnings are shown where an interpreter has just started."""
    _filters[:] = warnings.filters


def leave_no_room_for_a_stack():
    """The light runner moves its stack to memory that is set aside. Here it is large enough where it is."""
    from karat_guest import environment

    environment.room_for_the_stack = lambda: None


def put_in_place():
    """The last step: all of it is as a program finds it that has just started."""
    import numpy
    from karat_guest import preludes

    os.environ.clear()  # of what libraries say to others
    os.environ["HOME"] = _HOME
    preludes._NAMESPACES["apps"]["np"] = numpy
    # Programs record warnings, and make errors of them. The guest turns them off, and each library has added its own.
    warnings.filters[:] = [item for item in warnings.filters if item in _filters or item != _IGNORE_ALL]
    warnings._filters_mutated()
    numpy.random.seed(0)
    random.seed(0)


def check_files():
    """A file that is open in the snapshot is one in no cell."""
    for descriptor in range(_FIRST_DESCRIPTOR, _FIRST_DESCRIPTOR + 64):
        with contextlib.suppress(OSError):
            raise RuntimeError(f"a file was left open: {os.fstat(descriptor)}")
