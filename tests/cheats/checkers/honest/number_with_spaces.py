# Write the right number with a sign, spaces and blank lines around it.
# verdict: passed
# problem: number
print(f'\n   {sum(map(int, input().split())):+d}  \n')
