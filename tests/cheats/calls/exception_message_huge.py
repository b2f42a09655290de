# Raise with a message of 64 MiB.
# verdict: exception
def solve(items):
    raise ValueError('m' * (1 << 26))
