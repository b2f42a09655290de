# An integer of a million digits.
# verdict: wrong_answer
def solve(items):
    return 1 << (1 << 24)
