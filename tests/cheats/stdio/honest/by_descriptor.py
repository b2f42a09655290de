# Read and write by descriptors, and leave with status 0.
# verdict: passed
import os
import sys

text = b''
while part := os.read(0, 3):
    text += part
numbers = list(map(int, text.split()[1:]))
os.write(1, f'{sum(numbers)}\n'.encode())
sys.stdout.buffer.write(f'{max(numbers)}\n'.encode())
sys.stdout.flush()
os._exit(0)
