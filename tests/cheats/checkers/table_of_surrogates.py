# Return what can not be written where the checker says what is wrong.
# verdict: wrong_answer
# problem: table
def solve(items):
    return {'count': '\ud800' * 1000, 'sum': sum(items)}
