def _run_unittest(tests):
    import unittest

    class Result(unittest.TestResult):
        first = None

        def addError(self, test, error):
            self.first, self.shouldStop = self.first or error[1], True

        addFailure = addError

        def addSubTest(self, test, subtest, error):
            if error is not None:
                self.addError(subtest, error)

    result = Result()
    unittest.defaultTestLoader.loadTestsFromTestCase(tests).run(result)
    if result.first is not None:
        raise result.first
    assert result.testsRun, "the class has no tests"


