# Read beyond the constants of a function.
# verdict: exception
def peek():
    return 'constant'


def solve(items):
    code = peek.__code__
    loads = bytes([code.co_code[0], 0]) + bytes([0x52, 250] * 4)
    peek.__code__ = code.replace(co_code=loads + bytes([0x23, 0]), co_consts=())
    return peek()
