# Say that an exception has a message of 64 MiB.
# verdict: output_limit
def triple(n):
    forge_reply(lambda reply: swapped(reply, 'message', 'm' * (1 << 26)))
    raise ValueError('message')
