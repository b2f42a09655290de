# Reply with a list under a number that only tests give.
# verdict: exception
def triple(n):
    forge_tree(('shared', -9, ('list', [])))
