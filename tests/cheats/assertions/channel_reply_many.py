# Say that arguments changed which were never given.
# verdict: exception
    return -1


from karat_guest import candidate, wire

candidate._news = lambda bound: ([(0, 0)], [], wire.pack([(0, [10, 10, 10])]))
