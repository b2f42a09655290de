# Keep ten thousand lists that the tests hold.
# verdict: wrong_answer
# problem: arrange
kept = []


def arrange(numbers):
    kept.extend([] for _ in range(10_000))
    numbers.append(kept)
