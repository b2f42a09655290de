# Describe an exception in a shape that nobody expects.
# verdict: exception
from karat_guest import candidate

candidate.describe = lambda error: (9,) * 7


def solve(items):
    raise ValueError
