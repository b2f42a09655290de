# Write the right answer, then write without end past Python's own streams.
# verdict: output_limit
import os
input()
numbers = [int(word) for word in input().split()]
os.write(1, f'{sum(numbers)}\n{max(numbers)}\n'.encode())
while True:
    try:
        os.write(1, b'\n' * 1000)
    except BaseException:
        pass
