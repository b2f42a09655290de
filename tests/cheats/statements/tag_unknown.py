# Reply with a value in a way to write values that there is not.
# verdict: exception
def triple(n):
    forge_reply(('value', 2, _dumps(3 * n, 2), None))
