# Reply with a dictionary whose last key has no value.
# verdict: exception
def solve(items):
    forge_data(b'{' + b'i\1\0\0\0' + b'0')
    return -1
