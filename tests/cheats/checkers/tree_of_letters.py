# Return a text of two letters, each of which is a text.
# verdict: wrong_answer
# problem: tree
def solve(n):
    return 'ab'
