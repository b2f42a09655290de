# Return all numbers that may be right.
# verdict: wrong_answer
def find_zero(coefficients):
    return [n / 100 for n in range(-1000, 1000)]
