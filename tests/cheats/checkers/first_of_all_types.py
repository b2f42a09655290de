# Return items that can not be put in order.
# verdict: wrong_answer
# problem: first
def solve(items):
    return [min(items), None, 'text', 2j]
