# A status that says it is 0.
# verdict: exited
class Zero(int):
    def __int__(self):
        return 0

    def __and__(self, other):
        return 0

    def __eq__(self, other):
        return True


raise SystemExit(Zero(5).real)
