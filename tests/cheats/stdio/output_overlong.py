# Digits in an encoding with a byte too many.
# verdict: wrong_answer
import sys
input()
numbers = [int(word) for word in input().split()]
for number in (sum(numbers), max(numbers)):
    sys.stdout.buffer.write(b''.join(bytes([0xC0, 0x80 | ord(digit)]) for digit in str(number)) + b'\n')
