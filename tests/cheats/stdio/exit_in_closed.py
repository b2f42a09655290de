# Raise while the judge looks whether the output is closed.
# verdict: wrong_answer
import sys


class Out:
    @property
    def closed(self):
        raise SystemExit(0)

    def write(self, text):
        return len(text)


sys.stdout = sys.__stdout__ = Out()
print(7)
print(4)
