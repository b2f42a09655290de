# Reply with what can not be written as a reply.
# verdict: exception
from karat_guest import program

program._outcome = lambda *arguments: program
