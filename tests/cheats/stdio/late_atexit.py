# Correct a wrong answer at exit.
# verdict: wrong_answer
import atexit
input()
numbers = [int(word) for word in input().split()]
atexit.register(lambda: print(sum(numbers), max(numbers), sep='\n'))
print(-1)
