# Write the right number in a way that the checker does not read, and which is another one.
# verdict: wrong_answer
# problem: number
print(sum(map(int, input().split())) + 0.5)
