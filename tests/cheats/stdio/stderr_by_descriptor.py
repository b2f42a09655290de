# The right answer on descriptor 2.
# verdict: wrong_answer
import os
input()
numbers = [int(word) for word in input().split()]
os.write(2, f'{sum(numbers)}\n{max(numbers)}\n'.encode())
