# unittest_suite - a small suite run by unittest, with its failures.
# exit: 1
#
# SPDX-License-Identifier: Apache-2.0
import io
import re
import sys
import unittest
from unittest import mock


class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        if not self.items:
            raise IndexError("the stack is empty")
        return self.items.pop()


class StackTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print("set up the class")

    def setUp(self):
        self.stack = Stack()
        self.addCleanup(print, "clean up", self.id().split(".")[-1])

    def test_last_in_first_out(self):
        for n in range(3):
            self.stack.push(n)
        self.assertEqual([self.stack.pop() for _ in range(3)], [2, 1, 0])

    def test_pop_of_an_empty_stack(self):
        with self.assertRaisesRegex(IndexError, "empty") as caught:
            self.stack.pop()
        self.assertEqual(caught.exception.args, ("the stack is empty",))

    def test_that_fails(self):
        """This one is meant to fail."""
        self.stack.push(1)
        self.assertEqual(self.stack.items, [1, 2], "by intention")

    def test_subtests(self):
        for n in range(4):
            with self.subTest(n=n):
                self.assertLess(n, 3)

    @unittest.skip("nothing to see")
    def test_skipped(self):
        raise AssertionError

    @unittest.expectedFailure
    def test_expected_to_fail(self):
        self.assertIn(3, self.stack.items)

    def test_error(self):
        self.stack.push()


class MockTest(unittest.TestCase):
    def test_calls_are_recorded(self):
        stack = mock.Mock(spec=Stack)
        stack.pop.side_effect = [5, IndexError]
        self.assertEqual(stack.pop(), 5)
        self.assertRaises(IndexError, stack.pop)
        stack.push(1)
        stack.push.assert_called_once_with(1)
        with self.assertRaises(AttributeError):
            stack.peek()

    def test_patching(self):
        with mock.patch.object(Stack, "pop", return_value="patched") as pop:
            self.assertEqual(Stack().pop(), "patched")
        self.assertEqual(pop.call_count, 1)
        self.assertRaises(IndexError, Stack().pop)
        with mock.patch("builtins.print") as fake:
            print("not printed", end="")
        self.assertEqual(fake.call_args, mock.call("not printed", end=""))


class AsyncTest(unittest.IsolatedAsyncioTestCase):
    async def test_awaits(self):
        double = mock.AsyncMock(side_effect=lambda n: 2 * n)
        self.assertEqual([await double(n) for n in range(3)], [0, 2, 4])


out = io.StringIO()
suite = unittest.TestSuite(
    map(
        unittest.defaultTestLoader.loadTestsFromTestCase,
        (StackTest, MockTest, AsyncTest),
    )
)
result = unittest.TextTestRunner(out, verbosity=0).run(suite)
for line in out.getvalue().splitlines():
    if re.match(r"(Ran|FAILED|[A-Z]\w+Error|[-+?] |First|\[1\])", line):
        print(re.sub(r" in [\d.]+s", "", line))
print(
    result.testsRun,
    len(result.failures),
    len(result.errors),
    len(result.skipped),
    len(result.expectedFailures),
    result.wasSuccessful(),
)
for test, _ in result.failures + result.errors:
    print(test.id().replace(__name__ + ".", ""), test.shortDescription())
sys.exit(not result.wasSuccessful())
