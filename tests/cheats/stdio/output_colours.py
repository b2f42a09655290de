# The right answer in green.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(f'\x1b[32m{sum(numbers)}\x1b[0m')
print(max(numbers))
