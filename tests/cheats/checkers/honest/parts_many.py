# Return as many parts as there can be, as a tuple.
# verdict: passed
# problem: parts
def solve(n):
    return (1,) * n
