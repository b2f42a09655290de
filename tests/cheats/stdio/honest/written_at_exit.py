# Write all that there is at exit, after an exception that was caught.
# verdict: passed
import atexit
import io
import sys

out = io.StringIO()
atexit.register(lambda: sys.__stdout__.write(out.getvalue()))
numbers = []
try:
    input()
    while True:
        numbers += map(int, input().split())
except EOFError:
    print(sum(numbers), max(numbers), sep='\n', file=out)
