# Raise with a message of 64 MiB.
# verdict: output_limit
def solve(items):
    raise ValueError('m' * (1 << 26))
