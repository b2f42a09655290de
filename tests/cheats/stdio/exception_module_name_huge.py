# Miss a module with a name of 64 MiB.
# verdict: exception
raise ModuleNotFoundError('no', name='n' * (1 << 26))
