# Reply that this can not be sealed, to a call.
# verdict: exception
def triple(n):
    forge_reply(('unsealable', 'a lambda can not cross between cells'))
