# Reply with an integer without digits, which is 0.
# verdict: wrong_answer
# problem: 295
def sum_div(n):
    forge_data(b'l\0\0\0\0')
    return -1
