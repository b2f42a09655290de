# Reply with a thing of a class that is made from the class of truth.
# verdict: exception
def triple(n):
    forge_tree(('kind', 'Odd', ('data', True)))
