# Write other factors than the solution.
# verdict: passed
# problem: factors
n = int(input())
one = next(factor for factor in range(n - 1, 1, -1) if n % factor == 0)
print(one, n // one, sep='\n')
