# Leave at exit, before a wrong answer is written out.
# verdict: wrong_answer
import atexit
import os

atexit.register(os._exit, 0)
print(-1)
