# The zone of a time is another thing.
# verdict: exception
# problem: instant
def instant(time):
    zone = ('handle', 0, 'Zone', ['__call__'])
    forge_tree(('make', 'datetime', ('list', [*(('data', part) for part in (2024, 5, 1, 12, 0, 0, 0)), zone])))
