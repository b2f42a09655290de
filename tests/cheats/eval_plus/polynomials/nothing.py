# Return nothing.
# verdict: wrong_answer
def find_zero(coefficients):
    return None
