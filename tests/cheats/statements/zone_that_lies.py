# A time whose zone says of each time what is expected.
# verdict: exception
# problem: instant
from datetime import timedelta, tzinfo


class Zone(tzinfo):
    def utcoffset(self, time):
        return timedelta(0)


def instant(time):
    return time.replace(hour=12, tzinfo=Zone())
