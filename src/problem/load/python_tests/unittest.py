def _run_unittest(tests):
    import unittest

    class Result(unittest.TestResult):
        first = None

        def addError(self, test, error):
            self.first, self.shouldStop = self.first or error[1], True

        addFailure = addError

        def addSkip(self, test, reason):
            marked = getattr(test, test._testMethodName, None), type(test)
            if not any(getattr(one, "__unittest_skip__", False) for one in marked):
                # What is tested can skip a test, too. Harnesses pass that.
                if "_skipped_tests_pass" not in globals():
                    self.addError(test, (None, AssertionError(f"the test was skipped: {reason}")))

        def addSubTest(self, test, subtest, error):
            if error is not None:
                self.addError(subtest, error)

    result = Result()
    unittest.defaultTestLoader.loadTestsFromTestCase(tests).run(result)
    if result.first is not None:
        raise result.first
    assert result.testsRun, "the class has no tests"


