# Reply with a slice, which newer versions write.
# verdict: exception
def solve(items):
    forge_data(b':' + b'i\1\0\0\0' * 3)
    return -1
