# Reply with things that are shared by no number and by none that the tests gave.
# verdict: exception
def triple(n):
    forge_tree(('list', [('shared', -1), ('shared', 'n')]))
