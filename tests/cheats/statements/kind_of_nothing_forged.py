# Reply with a thing of a class that is made from no data.
# verdict: exception
def triple(n):
    forge_tree(('kind', 'Odd', ('data', None)))
