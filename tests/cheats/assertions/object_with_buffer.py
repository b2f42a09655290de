# Answer with an object that is written as the bytes of its choice.
# verdict: wrong_answer
    return Bytes()


class Bytes:
    def __buffer__(self, flags):
        return memoryview(b'\x0a')

    def __int__(self):
        return 10
