# The answer as the message of the exit.
# verdict: exited
import sys
input()
numbers = [int(word) for word in input().split()]
sys.exit(f'{sum(numbers)}\n{max(numbers)}')
