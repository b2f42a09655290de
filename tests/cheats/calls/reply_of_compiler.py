# Reply with a program in the place of an answer.
# verdict: exception
def solve(items):
    forge_reply(('compiled', _dumps(solve.__code__, 2)))
