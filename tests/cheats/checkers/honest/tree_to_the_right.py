# Return a tree that leans the other way, as lists.
# verdict: passed
# problem: tree
def solve(n):
    return None if n == 0 else [None, solve(n - 1)]
