# Return a kind of list that adds nothing.
# verdict: wrong_answer
# problem: names_of
class Names(list):
    pass


def names_of(text):
    return Names(text.split())
