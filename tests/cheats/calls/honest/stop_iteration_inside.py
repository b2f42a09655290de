# End one's own iteration by the exception for it, deep in a recursion, and print on the way.
# verdict: passed
import sys


def solve(items):
    print('adding', len(items), file=sys.stderr)
    left = iter(items)
    total = next(left)

    def add():
        nonlocal total
        total = total + next(left)
        add()

    try:
        add()
    except StopIteration:
        return total
