# Abort once the right answer is out.
# verdict: exception
import os
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers), flush=True)
os.abort()
