# Give the arguments back.
# verdict: wrong_answer
def solve(items):
    return items
