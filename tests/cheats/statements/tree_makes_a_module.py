# Reply with a value that is made by something which makes no data.
# verdict: exception
def triple(n):
    forge_tree(('make', '__import__', ('list', [('data', 'os')])))
