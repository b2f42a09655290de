# Answer from a pool of processes.
# verdict: unsupported
from concurrent.futures import ProcessPoolExecutor
input()
numbers = [int(word) for word in input().split()]
with ProcessPoolExecutor() as pool:
    print(*pool.map(sum, [numbers]))
