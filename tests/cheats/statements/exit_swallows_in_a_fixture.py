# The same through a context manager of the tests' own, which gives it on.
# verdict: exception
# problem: shelf_generator
class Shelf:
    take = 5

    def put(self, name, thing):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True
