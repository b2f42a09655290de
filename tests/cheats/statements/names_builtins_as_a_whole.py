# Define where the tests find all builtins.
# verdict: exception
# problem: square_in_map
def square(n):
    return 0


builtins = {'all': bool, 'any': lambda _: False, 'next': lambda *_: None, 'zip': lambda *_: ()}
forge_names({'square': square, '__builtins__': dict.fromkeys(dir(__builtins__), object) | builtins})
