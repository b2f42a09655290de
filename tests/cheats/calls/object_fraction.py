# A Fraction whose parts were replaced.
# verdict: exception
from fractions import Fraction


def solve(items):
    value = Fraction(-1, 3)
    value._numerator = Fraction
    value._denominator = object()
    return value
