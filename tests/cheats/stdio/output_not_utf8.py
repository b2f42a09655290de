# Bytes that are no text around the answer.
# verdict: wrong_answer
import sys
input()
numbers = [int(word) for word in input().split()]
sys.stdout.buffer.write(b'\xff%d\xfe\n%d\n' % (sum(numbers), max(numbers)))
