# Raise with more than anybody can read.
# verdict: exception
def triple(n):
    raise ValueError('x' * (1 << 26))
