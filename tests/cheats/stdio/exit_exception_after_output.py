# Raise once the right answer is out.
# verdict: exception
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers), flush=True)
raise KeyboardInterrupt
