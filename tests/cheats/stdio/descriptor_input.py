# The right answer on standard input.
# verdict: unsupported
import os
input()
numbers = [int(word) for word in input().split()]
os.write(0, f'{sum(numbers)}\n{max(numbers)}\n'.encode())
