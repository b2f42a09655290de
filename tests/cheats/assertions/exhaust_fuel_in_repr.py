# Show what is nested deeper than anybody looks.
# verdict: out_of_fuel
    import sys
    sys.setrecursionlimit(10**9)
    value = None
    for _ in range(10**5):
        value = [value]
    return repr(value)
