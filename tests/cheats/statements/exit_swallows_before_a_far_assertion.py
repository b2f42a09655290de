# A context manager that swallows what the tests raise before an assertion elsewhere: in a helper, in the next turn of a loop.
# verdict: exception
# problem: shelf_helper shelf_raise shelf_stack shelf_setup shelf_loop
class Shelf:
    put = take = 5

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True
