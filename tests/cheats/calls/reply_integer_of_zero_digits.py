# Reply with an integer without digits, below zero.
# verdict: wrong_answer
def solve(items):
    forge_data(b'l\0\0\0\0')
    return -1
