# Reply as the tests' own cell does when an assertion fails.
# verdict: exception
print(-1)
forge_reply(('failed', ('AssertionError', 'AssertionError', '', (0, _dumps((), 2)), '<tests>', 1, ''), {}))
