# The right answer, and no end at exit.
# verdict: out_of_fuel
import atexit
input()
numbers = [int(word) for word in input().split()]


@atexit.register
def never():
    while True:
        pass


print(sum(numbers))
print(max(numbers))
