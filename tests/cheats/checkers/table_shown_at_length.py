# Return a text of megabytes for the checker to say that it is wrong.
# verdict: wrong_answer
# problem: table
def solve(items):
    return {'count': 'x' * (8 << 20), 'sum': sum(items)}
