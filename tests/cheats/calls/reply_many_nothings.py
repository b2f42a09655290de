# Reply with more values than are read, a byte each.
# verdict: output_limit
def solve(items):
    count = 40_000_000
    forge_data(b'[' + count.to_bytes(4, 'little') + b'N' * count)
    return -1
