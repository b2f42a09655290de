# Reply with a dictionary that has NaN for a key over and over.
# verdict: wrong_answer
# problem: collections
def solve(items):
    nan = _dumps(float('nan'), 2)
    forge_data(b'{' + (nan + b'i\1\0\0\0') * 3 + b'0')
    return -1
