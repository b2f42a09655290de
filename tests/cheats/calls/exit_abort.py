# Abort the interpreter.
# verdict: exception
import os


def solve(items):
    os.abort()
