# Hand out a new object for each question about the last.
# verdict: wrong_answer
    return Question()


class Question:
    def __getattr__(self, name):
        return Question()

    def __call__(self, *arguments):
        return Question()

    def __iter__(self):
        return Question()

    def __next__(self):
        return Question()

    def __bool__(self):
        return True
