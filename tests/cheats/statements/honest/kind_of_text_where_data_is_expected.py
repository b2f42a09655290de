# A text that is an object of a class that is a text.
# verdict: passed
# problem: greeting
class Greeting(str):
    polite = True


def greeting(name):
    return Greeting(f'Good morning, {name}!')
