# Write the answer when an object goes, after a wrong one.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]


class Last:
    def __del__(self):
        print(sum(numbers), max(numbers), sep='\n')


print(-1)
last = Last()
del last
