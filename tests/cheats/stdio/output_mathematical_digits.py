# Write a wrong first digit that looks as bold as the right one.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print('\U0001d7ce' + str(sum(numbers)))
print('\u0660' + str(max(numbers)))
