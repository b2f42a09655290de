# A function that answers later.
# verdict: wrong_answer
def solve(items):
    return lambda *arguments: 9
