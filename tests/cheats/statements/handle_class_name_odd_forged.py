# Reply with an object whose class is said to have a name that none can have.
# verdict: exception
def triple(n):
    forge_tree(('handle', 0, 'nul\0 and \ud800', ['__str__']))
