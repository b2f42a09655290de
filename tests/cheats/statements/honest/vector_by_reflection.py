# The operators come from another class, and hand each other on.
# verdict: passed
# problem: vector
import operator


class Computes:
    def __add__(self, other):
        if not isinstance(other, list):
            return NotImplemented
        return type(self)(map(operator.add, self, other))

    def __mul__(self, factor):
        return type(self)([item * factor for item in self])

    def __rmul__(self, factor):
        return self * factor

    def __iadd__(self, other):
        for place, item in enumerate(other):
            self[place] += item
        return self


class Vector(Computes, list):
    def __abs__(self):
        return sum(item ** 2 for item in self) ** 0.5
