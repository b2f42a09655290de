# Return a text of the digits.
# verdict: wrong_answer
# problem: first
def solve(items):
    return ''.join(map(str, sorted(items)))
