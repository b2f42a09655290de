# Reply that the answer is an argument that was never given.
# verdict: exception
def triple(n):
    forge_tree(('argument', 7))
