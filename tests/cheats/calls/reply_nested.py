# Reply with data nested until a reader's stack ends.
# verdict: output_limit
import marshal

real = marshal.dumps
marshal.dumps = lambda value, version=2: b'[\x01\x00\x00\x00' * 1000000 + b'N'


def solve(items):
    return -1
