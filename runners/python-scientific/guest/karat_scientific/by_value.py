"""numpy's numbers and arrays cross between cells by value, as the library's own do (`karat_guest.wire`).

Where plain data is wanted, a number of numpy is the number that it equals. Arrays of objects and arrays of kinds of
their own stay where they are, as do the things of pandas: tests ask for them there.

The host checks what crosses (`src/runner/python/arrays.py` has the same names).
"""

import numpy
from karat_guest import wire

_NUMBERS = (
    numpy.bool_, numpy.int8, numpy.int16, numpy.int32, numpy.int64, numpy.uint8, numpy.uint16, numpy.uint32,
    numpy.uint64, numpy.float16, numpy.float32, numpy.float64, numpy.complex64, numpy.complex128,
)  # fmt: skip
_KINDS_OF_ELEMENTS = "biufcUSMm"


def put_in_place():
    """From now on they do."""
    for cls in _NUMBERS:
        wire._BY_VALUE[cls] = lambda v: (v.item(),)
        wire._CONSTRUCTORS[cls.__name__] = cls
    wire._BY_VALUE[numpy.ndarray] = _parts
    wire._CONSTRUCTORS["ndarray"] = _array
    wire.plain = _plain


def _parts(array):
    """An array as the type of its elements, its shape, and their bytes; those of objects, themselves."""
    if array.dtype.hasobject:
        if array.dtype.kind != "O":
            raise wire.CanNotCross("an array of records that hold objects can not cross between cells")
        return "|O", array.shape, array.ravel().tolist()
    dtype = array.dtype.newbyteorder("<")
    if dtype.kind not in _KINDS_OF_ELEMENTS or dtype.itemsize == 0:
        raise wire.CanNotCross(f"an array of {array.dtype} can not cross between cells")
    return dtype.str, array.shape, array.astype(dtype, copy=False).tobytes()


def _array(element, shape, content):
    """The array of such parts."""
    if element != "|O":
        return numpy.frombuffer(content, element).reshape(shape).copy()
    array = numpy.empty(len(content), object)
    for index, item in enumerate(content):
        array[index] = item
    return array.reshape(shape)


_plain_of_library = wire.plain


def _plain(value):
    if type(value) in _NUMBERS:
        return value.item()
    return _plain_of_library(value)
