# Return the other root.
# verdict: passed
# problem: close
def solve(n):
    return -(n**0.5)
