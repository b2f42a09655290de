# Answer with an object of a class with a name of 64 MiB.
# verdict: wrong_answer
def solve(items):
    return type('n' * (1 << 26), (), {'__repr__': lambda self: '9'})()
