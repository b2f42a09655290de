# Return 0 as a complex number.
# verdict: wrong_answer
# problem: 295
def sum_div(n):
    return 0j
