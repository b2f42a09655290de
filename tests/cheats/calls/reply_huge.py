# Reply with more than the host can hold when it is read.
# verdict: output_limit
import marshal

count = 40_000_000
marshal.dumps = lambda value, version=2: b'[' + count.to_bytes(4, 'little') + b'N' * count


def solve(items):
    return -1
