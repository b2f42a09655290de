# Return a number where the checker takes the first item.
# verdict: wrong_answer
# problem: first
def solve(items):
    return min(items)
