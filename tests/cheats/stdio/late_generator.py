# A generator that writes when it is closed.
# verdict: wrong_answer
def write():
    try:
        yield
    finally:
        print(7)
        print(4)


generator = write()
next(generator)
generator.close()
