# Have the other side call a function of our choice.
# verdict: exception
    return -1


import marshal

from karat_guest import wire

wire.pack_given = lambda given, hold, shares: (1, marshal.dumps(('make', 'eval', ('list', [('data', '10')])), 2))
