# Mark the end of the text, and go on.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers))
print('\x1a\x04rest')
