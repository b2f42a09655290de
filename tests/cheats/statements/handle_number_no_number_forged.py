# Reply with an object whose number is a list.
# verdict: exception
def triple(n):
    forge_tree(('handle', [0], 'function', ['__call__']))
