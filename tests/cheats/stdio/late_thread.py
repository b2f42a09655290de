# A thread that writes the answer later, after a wrong one.
# verdict: wrong_answer
import threading
input()
numbers = [int(word) for word in input().split()]
threading.Timer(60, lambda: print(sum(numbers), max(numbers), sep='\n')).start()
print(-1)
