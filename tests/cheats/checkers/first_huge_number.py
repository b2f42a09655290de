# Return a number that the checker can not show.
# verdict: wrong_answer
# problem: first
def solve(items):
    return [10**5000, *items]
