# Hand back other arguments than were given.
# verdict: exception
    return -1


from karat_guest import candidate, wire

candidate._changed = lambda *arguments: wire.pack(([10, 10, 10], {'n': 10}))
