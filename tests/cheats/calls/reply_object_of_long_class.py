# Reply that the answer is an object of a class with a name of 64 MiB.
# verdict: output_limit
def solve(items):
    forge_reply(('object', 'int', 'n' * (1 << 26)))
    return object()
