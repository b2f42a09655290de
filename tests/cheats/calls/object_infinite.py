# A number beyond every tolerance.
# verdict: wrong_answer
def solve(items):
    return float('inf') if type(items[0]) is not list else items[0]
