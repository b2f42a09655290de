# A class that equals everything and is an instance of all.
# verdict: wrong_answer
    return Anything


class Meta(type):
    def __eq__(cls, other):
        return True

    def __instancecheck__(cls, other):
        return True

    __hash__ = type.__hash__


class Anything(metaclass=Meta):
    pass
