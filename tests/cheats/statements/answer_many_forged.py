# Reply with millions of empty lists.
# verdict: out_of_fuel
def triple(n):
    count = 1 << 22
    forge_data(b'[' + count.to_bytes(4, 'little') + b'[\0\0\0\0' * count)
