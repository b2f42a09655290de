# Kill the process after the right answer.
# verdict: unsupported
import os
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers), flush=True)
os.kill(os.getpid(), 9)
