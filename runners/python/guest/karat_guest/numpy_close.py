"""numpy's `allclose` for what a candidate may return, without numpy: what it makes an array of, what it raises for, and
how the shapes of two arrays go together."""

import itertools

_LARGEST = 1 << 64  # integers beyond make an array of objects, which has no tolerance
_MOST_DIMENSIONS = 64


class NoArray(Exception):
    """numpy raises for this, or finds no numbers in it."""


def allclose(got, expected, rtol, atol):
    """Whether every number of `got` is within `atol + rtol * abs(expected)` of that of `expected`; `NoArray` where numpy
    would raise. Of `got` no more is wanted than that numbers can be subtracted from what is in it."""
    (got_shape, got), (shape, numbers) = _array(got), _array(expected)
    for number in numbers:
        _must_be_a_number(number, alone=not shape)
    common = _together(got_shape, shape)
    indices = itertools.product(*map(range, common))
    return all(_close(_at(got, got_shape, index), _at(numbers, shape, index), rtol, atol) for index in indices)


def _close(got, expected, rtol, atol):
    try:
        finite = abs(float(expected) if isinstance(expected, int) else expected) < float("inf")  # NaN is not
        near = abs(got - expected) <= atol + rtol * abs(expected)
        return finite and near or got == expected
    except (TypeError, OverflowError) as error:
        raise NoArray from error


def _must_be_a_number(number, alone):
    """numpy asks of every expected number whether it is finite, and raises for what it knows as an object only. A number
    that stands alone is no array, and may be as large as a float."""
    if not isinstance(number, (bool, int, float, complex)):
        raise NoArray("not a number")
    if isinstance(number, int) and not alone and not -(_LARGEST >> 1) <= number < _LARGEST:
        raise NoArray("an integer that is too large")


def _array(value):
    """The shape and the items of the array that numpy makes of nested sequences."""
    shape, level = [], [value]
    while level and all(map(_is_sequence, level)):
        lengths = {len(item) for item in level}
        if len(lengths) > 1:
            raise NoArray("the shape is not the same everywhere")
        shape.append(lengths.pop())
        if len(shape) > _MOST_DIMENSIONS:
            raise NoArray("too many dimensions")
        level = [item for sequence in level for item in sequence]
    if any(map(_is_sequence, level)):
        raise NoArray("some items are sequences and some are not")
    return shape, level


def _is_sequence(value):
    if isinstance(value, (list, tuple, range)):
        return True
    kind = type(value)
    return not isinstance(value, (str, bytes, dict)) and hasattr(kind, "__len__") and hasattr(kind, "__getitem__")


def _together(one, other):
    """The shape that two shapes have in common: from the last dimension on each is the same, or 1 in one of them."""
    shape = []
    for a, b in itertools.zip_longest(reversed(one), reversed(other), fillvalue=1):
        if a != b and 1 not in (a, b):
            raise NoArray("the shapes do not go together")
        shape.append(b if a == 1 else a)
    return shape[::-1]


def _at(numbers, shape, index):
    """The number of an array that stands at an index of the common shape."""
    position = 0
    for length, at in zip(shape, index[len(index) - len(shape) :]):
        position = position * length + (at if length != 1 else 0)
    return numbers[position]
