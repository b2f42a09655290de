# A zone that is further away than a day.
# verdict: exception
# problem: instant
def instant(time):
    difference = ('make', 'timedelta', ('list', [('data', 3), ('data', 0), ('data', 0)]))
    forge_tree(('make', 'timezone', ('list', [difference, ('data', 'far')])))
