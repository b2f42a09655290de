# Raise a class that is called as what says that tests can not be sealed.
# verdict: exception
class Unsealable(BaseException):
    pass


def triple(n):
    raise Unsealable('a lambda can not cross between cells')
