# Reply with a text that is not one.
# verdict: exception
import marshal

real = marshal.dumps
marshal.dumps = lambda value, version=2: b'u\x03\x00\x00\x00\xff\xfe\xc0'


def solve(items):
    return -1
