# Return a number whose square is beyond all floats.
# verdict: wrong_answer
# problem: close
def solve(n):
    return -1e-320 if n == 2 else 10**400
