# Look for what was in memory before.
# verdict: wrong_answer
def solve(items):
    block = bytearray(b'')
    block.extend(bytes(1 << 20))
    view = memoryview(block)
    return 'marigold' if b'marigold' in bytes(view) else -1
