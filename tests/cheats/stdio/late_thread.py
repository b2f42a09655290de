# A thread that writes the answer later, after a wrong one.
# verdict: out_of_fuel
import threading
input()
numbers = [int(word) for word in input().split()]
threading.Timer(60, lambda: print(sum(numbers), max(numbers), sep='\n')).start()
print(-1)
