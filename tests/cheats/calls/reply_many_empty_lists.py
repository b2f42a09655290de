# Reply with millions of empty lists, each of which takes more here than there.
# verdict: output_limit
def solve(items):
    count = 8_000_000
    forge_data(b'[' + count.to_bytes(4, 'little') + b'[\0\0\0\0' * count)
    return -1
