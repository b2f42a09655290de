# Reply with a list that has the end of a dictionary in it.
# verdict: exception
def solve(items):
    forge_data(b'[\1\0\0\0000')
    return -1
