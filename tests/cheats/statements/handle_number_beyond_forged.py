# Reply with objects whose numbers are below zero, beyond all, or equal to others.
# verdict: exception
def triple(n):
    forge_tree(('list', [('handle', number, 'int', ['__bool__']) for number in (-1, 2**70, 0.0, True, '0', None)]))
