# Call the guest's own entry once more, with a program of our choice.
# verdict: wrong_answer
import marshal

import karat_guest

source = 'print(input(), input())'
karat_guest.WitWorld().handle(marshal.dumps(('stdio', source, ''), 2))
