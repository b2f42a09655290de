# Wrong numbers as a comment.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers), '# not', sum(numbers) + 1)
print(max(numbers))
