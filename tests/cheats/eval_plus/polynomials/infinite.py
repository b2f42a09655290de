# Return what is beyond all numbers.
# verdict: wrong_answer
def find_zero(coefficients):
    return float('-inf')
