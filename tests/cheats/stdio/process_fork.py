# Answer from a child.
# verdict: exception
import os

if os.fork() == 0:
    print(7)
    print(4)
