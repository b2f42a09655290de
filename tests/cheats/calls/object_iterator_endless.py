# Something that never ends.
# verdict: wrong_answer
import itertools


def solve(items):
    return itertools.repeat(9)
