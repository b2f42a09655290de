# Reply that this can not be sealed, to the question for names.
# verdict: exception
forge_replies(('unsealable', 'a lambda can not cross between cells'))


def triple(n):
    return 0
