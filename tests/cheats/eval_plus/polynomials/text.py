# Return the number as a text.
# verdict: wrong_answer
def find_zero(coefficients):
    return str(-coefficients[0] / coefficients[1]) if coefficients[1] else '2'
