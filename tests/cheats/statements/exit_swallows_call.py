# A context manager that swallows what a function raises which should do something.
# verdict: exception
# problem: ledger
class Ledger:
    closed = False

    def add(self, n):
        raise KeyError

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self.closed = True
        return True
