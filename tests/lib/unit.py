"""Runs files of unittest cases and closes with "N passed, N failed, N skipped"."""

import importlib.util
import os
import sys
import unittest


def load(path):
    """The cases of a file, which may import its neighbours."""
    directory, name = os.path.split(os.path.abspath(path))
    if directory not in sys.path:
        sys.path.append(directory)
    spec = importlib.util.spec_from_file_location(os.path.splitext(name)[0], path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


suite = unittest.TestSuite(load(path) for path in sys.argv[1:])
result = unittest.TextTestRunner(verbosity=0).run(suite)
bad = result.failures + result.errors
# A test fails once, however many of its parts do.
failed = len({getattr(test, "test_case", test).id() for test, _ in bad})
skipped = len(result.skipped)
passed = max(result.testsRun - failed - skipped, 0)
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(failed > 0 or result.testsRun == 0)
