# Raise a class with a name of 64 MiB.
# verdict: exception
def triple(n):
    raise type('n' * (1 << 26), (ValueError,), {})()
