# Claim that a module is missing.
# verdict: unsupported
def solve(items):
    raise ModuleNotFoundError("No module named 'numpy'", name='numpy')
