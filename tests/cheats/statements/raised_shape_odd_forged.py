# Describe an exception by fewer words than it takes.
# verdict: exception
def triple(n):
    forge_reply(('raised', ('StopIteration', 'StopIteration', '')))
