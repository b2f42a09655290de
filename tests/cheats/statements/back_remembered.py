# Remember what was turned round and give it back.
# verdict: wrong_answer
# problem: flip
class Remembered(list):
    pass


def flip(items):
    return Remembered(items)
