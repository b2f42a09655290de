# The right answer, and then no end.
# verdict: out_of_fuel
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers), flush=True)
while True:
    pass
