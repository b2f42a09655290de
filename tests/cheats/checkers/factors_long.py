# Write a factor of thousands of digits.
# verdict: wrong_answer
# problem: factors
n = int(input())
print(n - 1, '1' * 4000)
