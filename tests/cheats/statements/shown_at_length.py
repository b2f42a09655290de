# Answer with an object that shows itself by 100 MiB.
# verdict: output_limit
class Long:
    def __repr__(self):
        return 'x' * (100 << 20)


def triple(n):
    return Long()
