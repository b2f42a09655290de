# Answer with an object whose class has a name of 64 MiB.
# verdict: wrong_answer
def triple(n):
    return type('n' * (1 << 26), (), {})()
