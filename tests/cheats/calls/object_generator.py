# A generator that would only answer when asked.
# verdict: wrong_answer
def solve(items):
    yield from items
