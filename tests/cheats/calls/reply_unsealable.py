# Reply, from the stack of the guest's own code, that the tests can not be sealed.
# verdict: exception
def solve(items):
    forge_reply(('unsealable', 'a lambda can not cross'))
    return -1
