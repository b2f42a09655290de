# Write a number below the first.
# verdict: wrong_answer
# problem: sieve
print(-7)
