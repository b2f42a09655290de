# Reply with a status that is a truth value.
# verdict: exception
import sys

input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers))
forge_reply(lambda reply: swapped(reply, 3, False))
sys.exit(3)
