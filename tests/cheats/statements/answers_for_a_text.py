# A text that begins and ends as it should.
# verdict: exception
# problem: greeting
class Greeting:
    def startswith(self, beginning):
        return True

    def endswith(self, end):
        return True

    def __contains__(self, part):
        return True


def greeting(name):
    return Greeting()
