# Reply with no bytes.
# verdict: exception
def digit_sum(n):
    forge_reply(b'')
