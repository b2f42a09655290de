# A code object among the data.
# verdict: wrong_answer
def solve(items):
    return [1, 2, 3, (lambda: 4).__code__]
