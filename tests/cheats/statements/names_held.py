# Say that a function is one that the tests gave us.
# verdict: exception
def triple(n):
    return 0


def forged(reply, *request):
    return ('value', 1, _dumps(('dict', [(('data', 'triple'), ('held', 0))]), 2), None)


forge_use(forged)
