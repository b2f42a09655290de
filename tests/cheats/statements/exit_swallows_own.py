# A context manager that swallows what is raised before the assertion is reached.
# verdict: exception
# problem: counter
class Counter:
    total, closed = 0, False

    def add(self, n):
        raise ValueError

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self.closed = True
        return True
