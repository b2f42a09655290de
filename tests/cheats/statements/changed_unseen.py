# Change the argument by something that is no data.
# verdict: wrong_answer
# problem: total
def total(numbers):
    result = sum(number for number in numbers if isinstance(number, int))
    numbers.append(lambda: 0)
    return result
