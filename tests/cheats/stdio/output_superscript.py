# Digits that `isdigit` accepts and `int` does not.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(str(sum(numbers)).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹')))
print(max(numbers))
