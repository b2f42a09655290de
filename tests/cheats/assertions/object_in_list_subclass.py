# A number out of a container that lies.
# verdict: wrong_answer
    return Numbers([-1])


class Numbers(list):
    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter([10])

    __hash__ = None
