# Leave while the output is written out.
# verdict: wrong_answer
import os
import sys


class Out:
    closed = False

    def write(self, text):
        return len(text)

    def flush(self):
        os._exit(0)


sys.stdout = Out()
print(7)
print(4)
