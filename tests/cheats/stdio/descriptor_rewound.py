# Write over a wrong answer in the file.
# verdict: exception
import os
input()
numbers = [int(word) for word in input().split()]
os.write(1, b'9\n9\n')
os.lseek(1, 0, os.SEEK_SET)
os.write(1, f'{sum(numbers)}\n{max(numbers)}\n'.encode())
