# End the text early as C would.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(f'{sum(numbers)}\0 and more')
print(max(numbers))
