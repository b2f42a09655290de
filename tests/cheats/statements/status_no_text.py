# Reply with a status that is a number.
# verdict: exception
def triple(n):
    forge_reply((0, 0, b'N', None))
