# Answer with very much.
# verdict: wrong_answer
def solve(items):
    return 'x' * (100 << 20)
