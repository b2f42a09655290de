# A text that can not be encoded.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(f'\ud800{sum(numbers)}')
print(max(numbers))
