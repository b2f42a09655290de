# Return a dictionary without the keys.
# verdict: wrong_answer
# problem: table
def solve(items):
    return {}
