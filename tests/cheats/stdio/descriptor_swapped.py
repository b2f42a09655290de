# Swap standard error and standard output.
# verdict: unsupported
import os
input()
numbers = [int(word) for word in input().split()]
os.dup2(1, 2)
os.write(2, f'{sum(numbers)}\n{max(numbers)}\n'.encode())
