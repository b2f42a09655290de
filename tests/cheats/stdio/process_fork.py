# Answer from a child.
# verdict: unsupported
import os

if os.fork() == 0:
    print(7)
    print(4)
