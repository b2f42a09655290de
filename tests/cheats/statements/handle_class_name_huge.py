# Answer with an object whose class has a name of 64 MiB.
# verdict: output_limit
def triple(n):
    return type('n' * (1 << 26), (), {})()
