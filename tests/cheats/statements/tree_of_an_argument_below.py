# Reply that the answer is the argument before the first.
# verdict: exception
def triple(n):
    forge_tree(('list', [('argument', -1), ('argument', 'n')]))
