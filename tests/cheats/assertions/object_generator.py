# Answer with a generator and guess as it is read.
# verdict: wrong_answer
    return (number for number in range(100))
