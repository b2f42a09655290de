# Reply with an object whose class is said to have a name of 64 MiB.
# verdict: output_limit
def triple(n):
    forge_tree(('handle', 0, 'n' * (1 << 26), ['__str__']))
