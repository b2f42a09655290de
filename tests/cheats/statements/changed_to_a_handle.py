# Say that the argument became an object with every ability.
# verdict: exception
# problem: arrange
def arrange(numbers):
    abilities = ['__iter__', '__len__', '__getitem__', '__eq__', '__bool__']
    forge_changed(('handle', 0, 'list', abilities))
