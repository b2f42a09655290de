# Raise the guest's own exceptions, whatever they are called.
# verdict: exception
ours = {
    value
    for module in guest_modules()
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, BaseException) and value.__module__.startswith('karat')
}
left = sorted(ours, key=lambda cls: cls.__name__)


def triple(n):
    while left:
        try:
            raise left.pop()('a lambda can not cross between cells')
        except Exception:
            pass
    raise BaseException('there are no more')
