# Cut a wrong answer off.
# verdict: exception
import os
input()
numbers = [int(word) for word in input().split()]
os.write(1, b'9\n9\n')
os.ftruncate(1, 0)
os.write(1, f'{sum(numbers)}\n{max(numbers)}\n'.encode())
