# Reply with a dictionary that does not end.
# verdict: exception
def solve(items):
    forge_data(b'{' + b'i\1\0\0\0N')
    return -1
