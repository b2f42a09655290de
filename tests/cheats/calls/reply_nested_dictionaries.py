# Reply with dictionaries as keys of dictionaries, as deep as is read.
# verdict: exception
import marshal

real = marshal.dumps
marshal.dumps = lambda value, version=2: b'{' * 1900 + b'N' + b'N0' * 1900


def solve(items):
    return -1
