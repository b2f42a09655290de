# Reply with a number that is shared.
# verdict: exception
def triple(n):
    forge_tree(('shared', 7, ('data', 3 * n + 1)))
