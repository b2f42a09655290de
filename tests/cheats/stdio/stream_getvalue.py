# An output stream that would show another text when asked.
# verdict: wrong_answer
import io
import sys
input()
numbers = [int(word) for word in input().split()]


class Out(io.StringIO):
    def getvalue(self):
        return f'{sum(numbers)}\n{max(numbers)}\n'

    read = __str__ = getvalue


sys.stdout = sys.__stdout__ = Out()
print(-1)
