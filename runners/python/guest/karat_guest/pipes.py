"""Descriptors: pipes between threads, and reading from descriptors as much as is asked for.

A pipe is a file without a name that is written at its end and read from its beginning. Who reads one in which there is
nothing more lets the other threads run."""

import io
import os

from .threads import wait_until

_close, _fstat, _lseek, _open, _os_read, _stat, _unlink = (
    os.close, os.fstat, os.lseek, os.open, os.read, os.stat, os.unlink,
)  # fmt: skip
# What the host gives at once at most. To ask for more only takes memory.
_WINDOW = 1 << 20
# The pipes, by the descriptors to read from them.
_pipes = {}
_made = 0


def put_in_place():
    """From now on there are pipes, and standard input has a size."""
    os.pipe, os.read, os.fstat = pipe, read, fstat
    # What takes one descriptor for another can not be done for all of them.
    del os.dup
    os.__all__.remove("dup")
    os.__all__.append("pipe")


def pipe():
    """As `os.pipe`."""
    global _made
    _made += 1
    path = f"/tmp/.pipe{_made}"
    _close(_open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL))
    reading, writing = _open(path, os.O_RDONLY), _open(path, os.O_WRONLY | os.O_APPEND)
    _unlink(path)
    _pipes[reading] = _Pipe(reading, writing)
    return reading, writing


class _Pipe:
    def __init__(self, reading, writing):
        self._reading, self._writing, self._number = reading, writing, _fstat(reading).st_ino

    def is_there(self):
        return self._is_at(self._reading)

    def wait(self):
        """Wait until there is something to read, or nobody is left to write."""
        wait_until(self._has_something)

    def _has_something(self):
        return self._is_at(self._writing) is False or _lseek(self._reading, 0, os.SEEK_CUR) < _fstat(self._reading).st_size

    def _is_at(self, descriptor):
        # Closed, by whatever means, its number may be that of another file.
        try:
            return _fstat(descriptor).st_ino == self._number
        except OSError:
            return False


def pipe_at(descriptor):
    """The pipe that a descriptor reads from, if it does."""
    pipe = _pipes.get(descriptor) if isinstance(descriptor, int) else None
    return pipe if pipe is not None and pipe.is_there() else None


class Reader(io.FileIO):
    """The end of a pipe that is read from."""

    def readinto(self, buffer):
        pipe = pipe_at(self.fileno())
        if pipe is not None:
            pipe.wait()
        return super().readinto(buffer)

    def read(self, size=-1):
        if size is None or size < 0:
            return self.readall()
        buffer = bytearray(size)
        return bytes(buffer[: self.readinto(buffer)])

    def readall(self):
        parts = []
        while part := self.read(io.DEFAULT_BUFFER_SIZE):
            parts.append(part)
        return b"".join(parts)

    def seekable(self):
        return False


def read(descriptor, length, /):
    """As `os.read`."""
    pipe = pipe_at(descriptor) if _pipes else None
    if pipe is not None:
        pipe.wait()
    if not isinstance(length, int) or length <= _WINDOW:
        return _os_read(descriptor, length)
    parts = []
    while length > 0 and (part := _os_read(descriptor, min(length, _WINDOW))):
        parts.append(part)
        length -= len(part)
        if pipe is not None:
            break
    return b"".join(parts)


def fstat(descriptor, /):
    """As `os.fstat`. Standard input is as long as if it came from a file: programs read as much at once."""
    found = _fstat(descriptor)
    if descriptor != 0:
        return found
    values = [*found[:10]]
    values[6] = _stat("/dev/stdin").st_size
    others = {*filter(lambda name: name.startswith("st_"), dir(found))} - {*os.stat_result.__match_args__}
    return os.stat_result(values, {name: getattr(found, name) for name in others})
