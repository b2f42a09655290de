# Reply with a list that is said to hold itself.
# verdict: exception
def triple(n):
    forge_tree(('shared', 7, ('list', [('shared', 7)])))
