# Reply with a text of 100 MiB.
# verdict: output_limit
def triple(n):
    forge_data(b'u' + (100 << 20).to_bytes(4, 'little') + b'x' * (100 << 20))
