# Write a prime that is far above the first.
# verdict: passed
# problem: sieve
print(9973)
