# A print that goes elsewhere.
# verdict: wrong_answer
import builtins
import sys
input()
numbers = [int(word) for word in input().split()]
builtins.print = lambda *values: sys.stderr.write(' '.join(map(str, values)) + '\n')
print(sum(numbers))
print(max(numbers))
