# Write one line where the checker reads two.
# verdict: wrong_answer
# problem: lines
print(sum(map(int, input().split())), end='')
