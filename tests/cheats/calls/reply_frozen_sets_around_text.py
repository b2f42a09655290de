# Reply with frozen sets in frozen sets around a long text.
# verdict: wrong_answer
# problem: collections
def solve(items):
    forge_data(b'>\1\0\0\0' * 1900 + b'u' + (1 << 16).to_bytes(4, 'little') + b'x' * (1 << 16))
    return -1
