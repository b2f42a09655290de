# A time zone that is looked for where none is.
# verdict: exception
# problem: instant
def instant(time):
    zone = ('make', 'ZoneInfo', ('list', [('data', '../../etc/passwd')]))
    forge_tree(('make', 'datetime', ('list', [*(('data', part) for part in (2024, 5, 1, 12, 0, 0, 0)), zone])))
