# Write the answer from a signal's handler.
# verdict: unsupported
import signal
input()
numbers = [int(word) for word in input().split()]
signal.signal(signal.SIGALRM, lambda *arguments: print(sum(numbers), max(numbers), sep='\n'))
signal.alarm(1)
