#!/usr/bin/env python3
"""The protections of cmake/copydesk_hardening.cmake, read from the executable itself.

usage: hardening_test.py COPYDESK
"""

import subprocess
import sys
import unittest

COPYDESK = sys.argv.pop(1) if len(sys.argv) > 1 else None


def read(*options):
    return subprocess.run(["readelf", "--wide", *options, COPYDESK], capture_output=True,
                          text=True, check=True).stdout


class Hardening(unittest.TestCase):
    def test_it_has_no_fixed_address(self):
        self.assertRegex(read("--file-header"), r"Type:\s+DYN")
        self.assertRegex(read("--dynamic"), r"FLAGS_1.*\bPIE\b")

    def test_tables_of_functions_cannot_be_written(self):
        self.assertIn("GNU_RELRO", read("--program-headers"))
        self.assertRegex(read("--dynamic"), r"BIND_NOW|FLAGS_1.*\bNOW\b")

    def test_the_stack_runs_no_code(self):
        stack = [line for line in read("--program-headers").splitlines() if "GNU_STACK" in line]
        self.assertEqual(len(stack), 1)
        self.assertNotIn("RWE", stack[0])

    def test_nothing_can_be_written_and_run(self):
        loads = [line for line in read("--program-headers").splitlines() if " LOAD " in line]
        self.assertGreater(len(loads), 1)
        for line in loads:
            self.assertNotIn("RWE", line)

    def test_stacks_and_buffers_are_checked(self):
        symbols = read("--dyn-syms")
        self.assertIn("__stack_chk_fail", symbols)
        self.assertRegex(symbols, r"__\w+_chk\b")

    def test_containers_are_checked(self):
        self.assertIn("__glibcxx_assert_fail", read("--dyn-syms"))


if __name__ == "__main__":
    unittest.main()
