# Letters that look like digits.
# verdict: wrong_answer
input()
numbers = [int(word) for word in input().split()]
looks = str.maketrans('013457', 'OlЗЧƼ٧')
print(str(sum(numbers)).translate(looks))
print(str(max(numbers)).translate(looks))
