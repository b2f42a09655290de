# Reply with numbers as they were written long ago, as texts.
# verdict: exception
def solve(items):
    forge_data(b'f\0019')
    return -1
