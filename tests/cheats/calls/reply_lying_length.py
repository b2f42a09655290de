# Reply with a list that claims two thousand million items.
# verdict: exception
import marshal

real = marshal.dumps
marshal.dumps = lambda value, version=2: b'[\xff\xff\xff\x7fN'


def solve(items):
    return -1
