# Reply with bytes that crash a reader.
# verdict: exception
    return -1


from karat_guest import wire

wire.pack = lambda value, hold=None: (0, b'[\xff\xff\xff\x7f')
