# Reply with a frozen set that has a set in it, which it can not.
# verdict: exception
# problem: collections
def solve(items):
    forge_data(b'>\1\0\0\0<\2\0\0\0' + _dumps(1, 2) + _dumps(2, 2))
    return -1
