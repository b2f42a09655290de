# Return complex parts.
# verdict: wrong_answer
# problem: parts
def solve(n):
    return [1 + 0j, n - 1 + 0j]
