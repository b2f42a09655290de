# Crash the interpreter by its own recursion.
# verdict: exception
    import sys
    sys.setrecursionlimit(10**9)
    value = None
    for _ in range(10**5):
        value = [value]
    return repr(value)
