# SPDX-License-Identifier: Apache-2.0
"""sentences.py FILE: runs the unittest cases of a file, one sentence a line, and ends with "N passed, N failed"."""
import importlib.util
import pathlib
import sys
import time
import unittest


class Sentences(unittest.TextTestResult):
    def startTest(self, test):
        super().startTest(test)
        self.begin = time.monotonic()

    def say(self, mark, test):
        words = test.shortDescription() or str(test).split(" ")[0].removeprefix("test_").replace("_", " ")
        print(f"{mark} {words} ({time.monotonic() - self.begin:.1f} s)", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say("ok    ", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say("FAILED", test)

    def addError(self, test, err):
        super().addError(test, err)
        self.say("FAILED", test) if hasattr(self, "begin") else None


path = pathlib.Path(sys.argv[1]).resolve()
sys.path.append(str(path.parent))
spec = importlib.util.spec_from_file_location(path.stem, path)
module = importlib.util.module_from_spec(spec)
sys.modules[path.stem] = module
spec.loader.exec_module(module)
suite = unittest.defaultTestLoader.loadTestsFromModule(module)
result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0, resultclass=Sentences).run(suite)
bad = len(result.failures) + len(result.errors)
print(f"{result.testsRun - len(result.failures) - min(len(result.errors), result.testsRun)} passed, {bad} failed")
sys.exit(1 if bad else 0)
