# The right answer in another encoding.
# verdict: wrong_answer
import sys
input()
numbers = [int(word) for word in input().split()]
sys.stdout.reconfigure(encoding='utf-16')
print(sum(numbers))
print(max(numbers))
