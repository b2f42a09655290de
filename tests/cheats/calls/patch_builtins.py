# Replace the builtins that the guest uses.
# verdict: exception
import builtins


def solve(items):
    builtins.type = lambda *arguments: int
    builtins.isinstance = lambda *arguments: True
    builtins.ValueError = builtins.TypeError = SystemExit
    return object()
