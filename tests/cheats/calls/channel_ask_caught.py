# Speak to the host and go on whatever comes of it.
# verdict: exception
import wit_world


def solve(items):
    try:
        wit_world.ask(b'')
    except BaseException:
        pass
    return 9
