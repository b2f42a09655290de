def check(given, expected, output):
    import contextlib
    import io
    import sys

    names = ["input.txt", "correct_output.txt", "solution_output.txt"]
    for name, text in zip(names, [given, expected, output]):
        with open(name, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
    sys.argv = ["checker.py", *names]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        exec(compile(PROGRAM, "checker.py", "exec"), {"__name__": "__main__", "__file__": "checker.py"})
    said = printed.getvalue().strip()
    return said == "1" or f"the checker says {said!r}"
