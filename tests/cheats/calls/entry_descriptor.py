# A method that is somebody else's function.
# verdict: wrong_answer
class Borrowed:
    def __get__(self, instance, owner):
        from karat_guest import candidate
        return candidate._repr


class Solution:
    solve = Borrowed()
