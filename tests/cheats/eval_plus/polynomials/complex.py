# Return a complex number at which the polynomial is 0.
# verdict: wrong_answer
def find_zero(coefficients):
    return -coefficients[0] / coefficients[1] + 0j if len(coefficients) == 2 else 2j
