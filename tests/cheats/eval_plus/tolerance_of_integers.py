# Return an integer that is as near as a float might be.
# verdict: wrong_answer
# problem: 601
def cube_thousandfold(n):
    return n**3 * 1000 + 1
