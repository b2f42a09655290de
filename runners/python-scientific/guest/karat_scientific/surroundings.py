"""What programs find around them that the light runner's guest leaves otherwise: warnings, randomness, a home, an empty
directory."""

import contextlib
import os
import random
import warnings

_HOME = "/tmp"
# What is in the root of a cell that is not the program's.
_NOT_OF_PROGRAMS = ("karat", "usr")
# After the standard streams and the root.
_FIRST_DESCRIPTOR = 4
_filters = []
_IGNORE_ALL = ("ignore", None, Warning, None, 0)
_listdir, _scandir = os.listdir, os.scandir


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
    os.listdir, os.scandir = listdir, scandir
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


def listdir(path=None):
    """As `os.listdir`."""
    names = _listdir(path)
    return [name for name in names if os.fsdecode(name) not in _NOT_OF_PROGRAMS] if _is_root(path) else names


def scandir(path=None):
    """As `os.scandir`."""
    entries = _scandir(path)
    return _Entries(entries) if _is_root(path) else entries


def _is_root(path):
    return not isinstance(path, int) and os.path.abspath(os.fsdecode("." if path is None else path)) == "/"


class _Entries:
    def __init__(self, entries):
        self._entries, self.close = entries, entries.close

    def __iter__(self):
        return self

    def __next__(self):
        while True:
            entry = next(self._entries)
            if os.fsdecode(entry.name) not in _NOT_OF_PROGRAMS:
                return entry

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
