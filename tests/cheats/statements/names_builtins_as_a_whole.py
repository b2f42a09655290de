# Define where the tests find all builtins.
# verdict: exception
# problem: common
def common(one, other):
    return ()


builtins = {'set': lambda _: {4, 5}, 'sorted': lambda _: [2, 7], 'len': lambda _: 0, 'any': lambda _: True}
forge_names({'common': common, '__builtins__': builtins})
