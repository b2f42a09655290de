# Reply that the program is none, by an exception that the compiler never raises.
# verdict: exception
def solve(items):
    forge_reply(('syntax_error', ('KeyError', 'KeyError', 'key', (0, _dumps((), 2)), '<program>', 1, '')))
