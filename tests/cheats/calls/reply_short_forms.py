# Reply in the short forms of later versions: a small tuple of short texts, and a reference.
# verdict: exception
def solve(items):
    forge_data(b')\2z\1aZ\1b')
    return -1
