# Claim that the answer is an object with every ability.
# verdict: exception
    return -1


import marshal

from karat_guest import wire

abilities = ['__eq__', '__call__', '__bool__', '__class__', '__init__']
wire.pack_given = lambda given, hold, shares: (1, marshal.dumps(('handle', 0, 'int', abilities), 2))
