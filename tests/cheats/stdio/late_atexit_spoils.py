# Add to the right answer at exit.
# verdict: wrong_answer
import atexit
input()
numbers = [int(word) for word in input().split()]
atexit.register(print, 'one more line')
print(sum(numbers))
print(max(numbers))
