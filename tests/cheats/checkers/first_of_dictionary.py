# Return a dictionary whose first item is not by that number.
# verdict: wrong_answer
# problem: first
def solve(items):
    return {'first': min(items)}
