def _make_pytest():
    """What of pytest tests of functions use, and what runs them; the sandbox has no pytest."""
    import contextlib
    import inspect
    import io
    import math
    import os
    import pathlib
    import re
    import sys
    import tempfile
    import types
    import warnings

    module = types.ModuleType("pytest")
    fixtures = {}

    class Skipped(Exception):
        pass

    def skip(reason="", **_):
        raise Skipped(reason)

    def fail(reason="", pytrace=True, msg=None):
        raise AssertionError(reason or msg)

    def importorskip(name, **_):
        try:
            __import__(name)
        except ImportError:
            raise Skipped(name) from None
        return sys.modules[name]

    class Info:
        value = type = None

        def match(self, pattern):
            assert re.search(pattern, str(self.value)), f"{pattern!r} is not found in {str(self.value)!r}"
            return True

        def __str__(self):
            return repr(self.value)

    class Raises:
        def __init__(self, expected, match):
            self.expected, self.match, self.info = expected, match, Info()

        def __enter__(self):
            return self.info

        def __exit__(self, kind, value, trace):
            if kind is None:
                raise AssertionError(f"nothing was raised where {self.expected!r} is expected")
            if not issubclass(kind, self.expected):
                return False
            self.info.type, self.info.value = kind, value
            if self.match is not None:
                self.info.match(self.match)
            return True

    def raises(expected, *arguments, match=None, **named):
        context = Raises(expected, match)
        if not arguments:
            return context
        with context as info:
            arguments[0](*arguments[1:], **named)
        return info

    @contextlib.contextmanager
    def warns(expected=Warning, match=None):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield caught
        found = [one for one in caught if issubclass(one.category, expected)]
        assert found, f"no warning of {expected!r}"
        assert match is None or any(re.search(match, str(one.message)) for one in found), match

    class Approx:
        __hash__ = None

        def __init__(self, expected, rel=None, abs=None, nan_ok=False):
            self.expected, self.rel, self.abs, self.nan_ok = expected, rel, abs, nan_ok

        def __repr__(self):
            return f"approx({self.expected!r})"

        def near(self, got, expected):
            if isinstance(expected, dict):
                same = isinstance(got, dict) and got.keys() == expected.keys()
                return same and all(self.near(got[key], expected[key]) for key in expected)
            if isinstance(expected, (list, tuple)):
                same = isinstance(got, (list, tuple)) and len(got) == len(expected)
                return same and all(self.near(*pair) for pair in zip(got, expected))
            if isinstance(expected, bool) or not isinstance(expected, (int, float, complex)):
                return got == expected
            if isinstance(got, bool) or not isinstance(got, (int, float, complex)):
                return False
            if got == expected:
                return True
            if expected != expected:
                return self.nan_ok and got != got
            if not isinstance(expected, complex) and math.isinf(expected):
                return False
            relative = 1e-6 if self.rel is None and self.abs is None else self.rel or 0
            absolute = 1e-12 if self.abs is None else self.abs
            return abs(got - expected) <= max(relative * abs(expected), absolute)

        def __eq__(self, got):
            return self.near(got, self.expected)

    class Param:
        def __init__(self, *values, id=None, marks=()):
            self.values, self.marks = values, marks if isinstance(marks, (list, tuple)) else [marks]

    class Mark:
        def __init__(self, name, arguments=(), named=None):
            self.name, self.arguments, self.named = name, arguments, named or {}

        def __call__(self, *arguments, **named):
            configured = self.arguments or self.named
            if len(arguments) == 1 and not named:
                if configured or inspect.isroutine(arguments[0]) or inspect.isclass(arguments[0]):
                    return self.on(arguments[0])
            return Mark(self.name, arguments, named)

        def on(self, target):
            target._marks = [*getattr(target, "_marks", []), self]
            return target

        def skips(self):
            if self.name == "skip":
                return True
            return self.name == "skipif" and bool(self.arguments and self.arguments[0])

    class Marks:
        def __getattr__(self, name):
            return Mark(name)

    def fixture(function=None, *, scope="function", params=None, autouse=False, ids=None, name=None):
        def of(function):
            fixtures[name or function.__name__] = (function, params, autouse)
            return function

        return of(function) if function is not None else of

    class Capture:
        def __init__(self):
            self.out, self.err = io.StringIO(), io.StringIO()

        def readouterr(self):
            texts = types.SimpleNamespace(out=self.out.getvalue(), err=self.err.getvalue())
            for stream in self.out, self.err:
                stream.seek(0)
                stream.truncate()
            return texts

    class Patch:
        missing = object()

        def __init__(self):
            self.undos = []

        def setattr(self, target, name, value=missing, raising=True):
            if value is Patch.missing:
                path, value = target, name
                module_name, _, name = path.rpartition(".")
                __import__(module_name.split(".")[0])
                target = sys.modules[module_name]
            old = getattr(target, name, Patch.missing)
            self.undos.append(lambda: delattr(target, name) if old is Patch.missing else setattr(target, name, old))
            setattr(target, name, value)

        def delattr(self, target, name, raising=True):
            old = getattr(target, name)
            self.undos.append(lambda: setattr(target, name, old))
            delattr(target, name)

        def setitem(self, target, key, value):
            old = target.get(key, Patch.missing)
            self.undos.append(lambda: target.pop(key, None) if old is Patch.missing else target.__setitem__(key, old))
            target[key] = value

        def setenv(self, name, value, prepend=None):
            self.setitem(os.environ, name, str(value))

        def delenv(self, name, raising=True):
            if name in os.environ:
                old = os.environ.pop(name)
                self.undos.append(lambda: os.environ.__setitem__(name, old))

        def chdir(self, path):
            old = os.getcwd()
            self.undos.append(lambda: os.chdir(old))
            os.chdir(path)

        def undo(self):
            while self.undos:
                self.undos.pop()()

    class Test:
        """One run of a test with the fixtures that it asks for."""

        def __init__(self, instance, chosen):
            self.instance, self.chosen, self.made, self.stack = instance, chosen, {}, contextlib.ExitStack()

        def value(self, name, param=Patch.missing):
            if name not in self.made:
                self.made[name] = self.make(name)
            return self.made[name]

        def make(self, name):
            if name in fixtures:
                function, params, _ = fixtures[name]
                arguments = {}
                for parameter in inspect.signature(function).parameters:
                    if parameter == "self":
                        arguments[parameter] = self.instance
                    elif parameter == "request":
                        request = types.SimpleNamespace(param=self.chosen.get(name), instance=self.instance)
                        request.addfinalizer = self.stack.callback
                        request.getfixturevalue = self.value
                        arguments[parameter] = request
                    else:
                        arguments[parameter] = self.value(parameter)
                result = function(**arguments)
                if inspect.isgenerator(result):
                    value = next(result)
                    self.stack.callback(next, result, None)
                    return value
                return result
            if name in ("capsys", "capfd"):
                capture = Capture()
                self.stack.enter_context(contextlib.redirect_stdout(capture.out))
                self.stack.enter_context(contextlib.redirect_stderr(capture.err))
                return capture
            if name in ("tmp_path", "tmpdir"):
                return pathlib.Path(tempfile.mkdtemp())
            if name == "monkeypatch":
                patch = Patch()
                self.stack.callback(patch.undo)
                return patch
            # Of a package that adds to pytest, or one of pytest's own that is not provided: nobody's fault but the sandbox's.
            package = "pytest_mock" if name == "mocker" else "pytest"
            raise ModuleNotFoundError(f"no fixture {name!r} without {package}", name=package)

    def cases_of(function, marks):
        """Every combination of the values that the test is to be run with, by parameter."""
        cases = [{}]
        for mark in marks:
            if mark.name != "parametrize":
                continue
            names = mark.named.get("argnames", mark.arguments[0] if mark.arguments else None)
            values = mark.named.get("argvalues", mark.arguments[1] if len(mark.arguments) > 1 else None)
            names = [one.strip() for one in names.split(",") if one.strip()] if isinstance(names, str) else list(names)
            found = []
            for value in values:
                if isinstance(value, Param):
                    if any(one.skips() or one.name == "xfail" for one in value.marks if isinstance(one, Mark)):
                        continue
                    value = value.values if len(names) > 1 else value.values[0]
                found.append(dict(zip(names, value if len(names) > 1 else [value], strict=True)))
            cases = [{**one, **other} for one in cases for other in found]
        return cases

    def run(function, kind=None):
        marks = [*getattr(function, "_marks", []), *(getattr(kind, "_marks", []) if kind else [])]
        if any(mark.skips() or mark.name == "xfail" for mark in marks):
            return
        names = [name for name in inspect.signature(function).parameters if name != "self" or kind is None]
        for case in cases_of(function, marks):
            used = [name for name in names if name not in case]
            used += [name for mark in marks if mark.name == "usefixtures" for name in mark.arguments]
            used += [name for name, (_, _, autouse) in fixtures.items() if autouse and name not in used]
            asked, open_names = [], list(used)
            while open_names:
                name = open_names.pop()
                if name in fixtures and name not in asked:
                    asked.append(name)
                    open_names += [one for one in inspect.signature(fixtures[name][0]).parameters if one != "self"]
            chosen = [{}]
            for name in asked:
                if fixtures[name][1] is not None:
                    values = [one.values[0] if isinstance(one, Param) else one for one in fixtures[name][1]]
                    chosen = [{**one, name: value} for one in chosen for value in values]
            for choice in chosen:
                run_once(function, kind, names, used, case, choice)

    def run_once(function, kind, names, used, case, choice):
        instance = kind() if kind else None
        test = Test(instance, choice)
        try:
            with test.stack:
                for before in ("setup_method", "setup"):
                    if hasattr(instance, before):
                        method = getattr(instance, before)
                        method(*([function] if inspect.signature(method).parameters else []))
                for name in used:
                    test.value(name)
                arguments = {name: case[name] if name in case else test.value(name) for name in names}
                try:
                    result = function(instance, **arguments) if kind else function(**arguments)
                    if inspect.iscoroutine(result):
                        import asyncio

                        asyncio.run(result)
                finally:
                    for after in ("teardown_method", "teardown"):
                        if hasattr(instance, after):
                            method = getattr(instance, after)
                            method(*([function] if inspect.signature(method).parameters else []))
        except Skipped:
            pass

    def run_class(kind):
        import unittest

        if issubclass(kind, unittest.TestCase):
            result = unittest.TestResult()
            unittest.defaultTestLoader.loadTestsFromTestCase(kind).run(result)
            for _, text in result.errors + result.failures:
                raise AssertionError(text)
            return
        if hasattr(kind, "setup_class"):
            kind.setup_class()
        names = [name for name in dir(kind) if name.startswith("test")]
        lines = {name: getattr(getattr(kind, name), "__code__", None) for name in names}
        for name in sorted(names, key=lambda name: lines[name].co_firstlineno if lines[name] else 0):
            function = inspect.getattr_static(kind, name)
            if isinstance(function, staticmethod):
                run(function.__func__)
            elif callable(function):
                run(function, kind)
        if hasattr(kind, "teardown_class"):
            kind.teardown_class()
        assert names, f"{kind.__name__} has no tests"

    module.raises, module.warns, module.approx, module.param = raises, warns, Approx, Param
    module.mark, module.fixture, module.skip, module.fail = Marks(), fixture, skip, fail
    module.importorskip, module.xfail, module.main = importorskip, skip, lambda *_, **__: 0
    module.skip.Exception, module.fail.Exception = Skipped, AssertionError
    module.MonkeyPatch = Patch
    module._run, module._run_class = run, run_class
    sys.modules["pytest"] = module
    return module


pytest = _make_pytest()
