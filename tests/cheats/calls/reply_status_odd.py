# Reply with a status that is a text only nearly.
# verdict: exception
def solve(items):
    forge_reply((b'value', _dumps(9, 2)))
