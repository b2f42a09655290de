# Write as many empty lines as there is room for between the right ones.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers), '.' + '\n' * 900000, max(numbers), sep='\n')
