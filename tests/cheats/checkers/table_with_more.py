# Return a dictionary that has more than was asked for.
# verdict: wrong_answer
# problem: table
def solve(items):
    return {'count': len(items), 'sum': sum(items), 'more': 1}
