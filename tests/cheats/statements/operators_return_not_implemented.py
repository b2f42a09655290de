# The sum is none, so that the other operand is asked.
# verdict: exception
# problem: vector
class Other(list):
    def __radd__(self, other):
        return [4, 7]


class Vector(list):
    def __add__(self, other):
        return NotImplemented
