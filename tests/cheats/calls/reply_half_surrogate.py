# Reply with half of a surrogate.
# verdict: exception
def solve(items):
    forge_data(b'u\2\0\0\0\xed\xa0')
    return -1
