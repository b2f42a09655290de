# Reply that the answer is a thing that was never shared.
# verdict: exception
def triple(n):
    forge_tree(('shared', 7))
