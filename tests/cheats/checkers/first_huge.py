# Return a million items.
# verdict: wrong_answer
# problem: first
def solve(items):
    return [min(items)] + [9] * 1000000
