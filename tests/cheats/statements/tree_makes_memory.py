# Reply with a buffer of which only the length is written.
# verdict: exception
def triple(n):
    forge_tree(('make', 'bytearray', ('list', [('data', 2**31 - 1)])))
