# Return a number that has no whole part.
# verdict: wrong_answer
# problem: close
def solve(n):
    return float('inf')
