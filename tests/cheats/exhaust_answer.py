# Answer with more than can be read.
# verdict: out_of_memory
    return [0] * (60 * 10**6)
