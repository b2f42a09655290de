# Return parts as texts.
# verdict: wrong_answer
# problem: parts
def solve(n):
    return ['1', str(n - 1)]
