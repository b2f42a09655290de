# Call oneself without end and without limit.
# verdict: out_of_fuel
    import sys
    sys.setrecursionlimit(2**31 - 1)
    return digit_sum(n) + 1
