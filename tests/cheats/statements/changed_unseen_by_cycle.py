# Change the argument so that it holds itself, which does not cross.
# verdict: wrong_answer
# problem: total
def total(numbers):
    result = sum(number for number in numbers if isinstance(number, int))
    numbers.append(numbers)
    return result
