# Raise with a message of a million short lines and signs for a terminal.
# verdict: exception
def solve(items):
    raise ValueError('\x1b[2J\x1b[H\n\r\0\u202e' * 100000)
