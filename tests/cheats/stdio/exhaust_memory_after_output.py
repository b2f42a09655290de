# The right answer, and then all memory.
# verdict: out_of_memory
input()
numbers = [int(word) for word in input().split()]
print(sum(numbers))
print(max(numbers), flush=True)
held = []
while True:
    held.append(bytearray(1 << 20))
