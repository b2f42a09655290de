# Return no number, whose powers are none.
# verdict: wrong_answer
def find_zero(coefficients):
    return float('nan')
