# Reply with a thing of a class whose name is none.
# verdict: exception
def triple(n):
    forge_tree(('kind', 'a\0b', ('list', [])))
