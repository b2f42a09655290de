# Raise with more than anybody can read.
# verdict: output_limit
def triple(n):
    raise ValueError('x' * (1 << 26))
