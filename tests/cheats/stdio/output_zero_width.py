# Characters without width between the digits.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print('\u200b'.join(str(sum(numbers)) + '\u2060'))
print(max(numbers))
