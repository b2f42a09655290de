# Answer with more than can be read.
# verdict: exception
    return 'x' * (300 << 20)
