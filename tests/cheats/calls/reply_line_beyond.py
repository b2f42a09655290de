# Describe an exception that was raised in a line which no program has.
# verdict: exception
def solve(items):
    description = ('KeyError', 'KeyError', 'key', (0, _dumps((), 2)), '<program>', 2**31 + 1, '')
    forge_reply(('raised', description))
