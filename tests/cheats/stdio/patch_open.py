# Replace how files are written.
# verdict: wrong_answer
import builtins
import io

real = io.open


def opens(name, *rest, **options):
    if name == 1:
        raise SystemExit(0)
    return real(name, *rest, **options)


io.open = builtins.open = opens
out = open(1, 'w')
out.write('7\n4\n')
