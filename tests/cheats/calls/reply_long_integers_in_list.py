# Reply with a list of integers, each longer than what is shown.
# verdict: wrong_answer
def solve(items):
    return [(1 << 200000) + item for item in range(200)]
