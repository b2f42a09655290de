# Write all that ends a line anywhere, between digits of a number.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
ends = '\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029'
print(str(sum(numbers)) + ends + '1')
print(str(max(numbers)) + ends + '1')
