# What asks the other side to compare.
# verdict: wrong_answer
def solve(items):
    return NotImplemented
