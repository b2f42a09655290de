# A path that is made of no text.
# verdict: exception
# problem: folder
def folder(path):
    forge_tree(('make', 'PosixPath', ('list', [('make', 'UserString', ('list', [('data', '/a')]))])))
