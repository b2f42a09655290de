"""Files that are opened both to append and to read.

In a file that is open to append, the interpreter's C library takes a seek from the present position for one from the
end, and the buffer around a file that is read and written seeks so before it reads: nothing would ever be read. Such a
file is opened without that mode here, and goes to its end before it writes."""

import builtins
import io
import os

from . import pipes

_open = io.open
_MODES = ("+a", "+ab", "+at")


def prepare():
    io.open = builtins.open = open


def open(
    file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None
):
    named = isinstance(file, (str, bytes, os.PathLike)) and closefd and opener is None
    if isinstance(file, int) and pipes.pipe_at(file) is not None and isinstance(mode, str) and "r" in mode:
        return _open_pipe(file, mode, buffering, encoding, errors, newline, closefd)
    if not (named and isinstance(mode, str) and "".join(sorted(mode)) in _MODES):
        return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)
    if "b" in mode and (encoding, errors, newline) == (None, None, None) and buffering == 0:
        return _File(file)
    # What is wrong with the other arguments is found where it always is: with a file that is there and needs nothing.
    _open(os.devnull, mode, buffering, encoding, errors, newline).close()
    buffered = io.BufferedRandom(_File(file), buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE)
    if "b" in mode:
        return buffered
    text = io.TextIOWrapper(buffered, encoding, errors, newline, buffering == 1)
    text.mode = mode
    return text


def _open_pipe(file, mode, buffering, encoding, errors, newline, closefd):
    raw = pipes.Reader(file, "r", closefd)
    if "b" in mode and buffering == 0:
        return raw
    buffered = io.BufferedReader(raw, buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE)
    if "b" in mode:
        return buffered
    text = io.TextIOWrapper(buffered, encoding, errors, newline)
    text.mode = mode
    return text


class _File(io.FileIO):
    def __init__(self, path):
        super().__init__(path, "a+", opener=_open_without_appending)

    def write(self, data):
        self.seek(0, io.SEEK_END)
        return super().write(data)


def _open_without_appending(path, flags):
    return os.open(path, flags & ~os.O_APPEND, 0o666)
