# Return a tree whose nodes have three parts.
# verdict: wrong_answer
# problem: tree
def solve(n):
    return (None, None, None)
