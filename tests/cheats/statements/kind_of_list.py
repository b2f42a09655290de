# Return a kind of list where a list is asked for.
# verdict: wrong_answer
# problem: names_of
class Names(list):
    def first(self):
        return self[0]


def names_of(text):
    return Names(text.split())
