# Look for hints on standard input.
# verdict: exception
    return int(input())
