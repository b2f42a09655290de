# Reply that the program is loaded, to a call.
# verdict: exception
def triple(n):
    forge_reply(('loaded',))
