# Return what is equal to 0.
# verdict: wrong_answer
# problem: 295
def sum_div(n):
    return False
