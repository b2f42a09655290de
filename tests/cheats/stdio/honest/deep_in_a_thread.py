# Work in a thread with a bigger stack, as programs of contests do.
# verdict: passed
import sys
import threading


def main():
    input()
    numbers = [int(word) for word in input().split()]

    def total(index):
        return 0 if index == len(numbers) else numbers[index] + total(index + 1)

    print(total(0))
    print(max(numbers))


sys.setrecursionlimit(10**6)
threading.stack_size(1 << 26)
thread = threading.Thread(target=main)
thread.start()
thread.join()
