# Raise a class with a name of 64 MiB.
# verdict: exception
raise type('n' * (1 << 26), (Exception,), {})()
