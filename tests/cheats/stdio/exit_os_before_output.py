# End the process with status 0, the buffer still full.
# verdict: wrong_answer
import os
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers))
os._exit(0)
