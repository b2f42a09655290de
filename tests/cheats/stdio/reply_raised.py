# Reply that an exception was raised which means that something is missing.
# verdict: exception
import marshal

from karat_guest import program

fault = ('ImportError', 'ImportError', '', (0, marshal.dumps((), 2)), '', 0, 'numpy')
program._outcome = lambda *arguments: ('raised', fault)
