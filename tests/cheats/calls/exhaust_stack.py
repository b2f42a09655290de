# Call oneself without end in C, where recursion is not counted.
# verdict: out_of_fuel
import sys


def solve(items):
    sys.setrecursionlimit(10**9)
    value = None
    for _ in range(10**5):
        value = [value]
    return repr(value)
