# Describe an exception that was raised in a line below the first, or in one that is no number.
# verdict: exception
def solve(items):
    description = ('KeyError', 'KeyError', 'key', (0, _dumps((), 2)), '<tests>', -(2**40), '')
    forge_reply(('raised', description))
