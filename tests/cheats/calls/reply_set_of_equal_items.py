# Reply with a set of items that are equal but not the same.
# verdict: wrong_answer
# problem: collections
def solve(items):
    forge_data(b'<\3\0\0\0' + _dumps(1, 2) + b'T' + _dumps(1.0, 2))
    return -1
