# A stream that changes digits as it encodes.
# verdict: wrong_answer
import codecs
import sys

codecs.register_error('right', lambda error: ('7\n4\n', error.end))
sys.stdout.reconfigure(encoding='ascii', errors='right')
print('é')
