# Reply with a value whose tag is equal to a number, but is none.
# verdict: exception
def triple(n):
    forge_reply(('value', True, _dumps(('data', 3 * n + 1), 2), None))
