"""Arrays from files. numpy reads them by a second descriptor, which there is none of here, so they are read as others are.

What `ndarray.tofile` writes would need one, too: it is lacking as `os.dup`."""

import os

import numpy


def put_in_place():
    """From now on numpy reads them so."""
    numpy.fromfile = fromfile


def fromfile(file, dtype=float, count=-1, sep="", offset=0, *, like=None):
    """As `numpy.fromfile`."""
    if isinstance(file, (str, bytes, os.PathLike)):
        with open(file, "rb") as opened:
            return fromfile(opened, dtype, count, sep, offset, like=like)
    if sep:
        if offset:
            raise TypeError("'offset' argument only permitted for binary files")
        text = file.read()
        return numpy.fromstring(text if isinstance(text, str) else text.decode("latin-1"), dtype, count, sep)
    dtype = numpy.dtype(dtype)
    file.seek(offset, os.SEEK_CUR)
    start = file.tell()
    content = file.read(-1 if count < 0 else count * dtype.itemsize)
    whole = len(content) // dtype.itemsize * dtype.itemsize
    file.seek(start + whole)
    return numpy.frombuffer(content[:whole], dtype).copy()


fromfile.__module__ = "numpy"
