"""The interface is what abi.txt says, and what the last release promised."""

import unittest

import abi
import installed

OLD = """soname libpgwire.so.0
function pgw_a PGWIRE_0 void (int)
struct pgw_value size 16
member pgw_value 0 raw size 8 void *
member pgw_value 8 oid size 4 uint32_t
struct pgw_reply size 16
member pgw_reply 0 kind size 4 int
member pgw_reply 8 tag size 8 const char *
struct pgw_copy_ops size 40
member pgw_copy_ops 0 data size 8 void *
member pgw_copy_ops 8 reserved size 32 void *[4]
enum PGW_OK 0
"""
# name, what is replaced, by what, what it breaks
CHANGES = [
    ("nothing", "", "", None),
    ("a function more", "struct pgw_value s", "function pgw_b PGWIRE_0 int (void)\n"
     "struct pgw_value s", None),
    ("a function gone", "function pgw_a PGWIRE_0 void (int)\n", "", "pgw_a"),
    ("other arguments", "void (int)", "void (long)", "pgw_a"),
    ("another version", "pgw_a PGWIRE_0", "pgw_a PGWIRE_1", "pgw_a"),
    ("an enumerator more", "enum PGW_OK 0", "enum PGW_OK 0\nenum PGW_MORE 1", None),
    ("another number", "enum PGW_OK 0", "enum PGW_OK 1", "PGW_OK"),
    ("an enumerator gone", "enum PGW_OK 0\n", "", "PGW_OK"),
    ("a value in its padding", "8 oid size 4 uint32_t", "8 oid size 4 uint32_t\n"
     "member pgw_value 12 new size 4 int", "pgw_value"),
    ("a value that grows", "pgw_value size 16", "pgw_value size 24", "pgw_value"),
    ("a member of another type", "uint32_t", "int32_t", "pgw_value.oid"),
    ("a member that moves", "8 oid", "12 oid", "pgw_value.oid"),
    ("a reply that grows", "pgw_reply size 16", "pgw_reply size 24\n"
     "member pgw_reply 16 new size 8 int", None),
    ("a reply that shrinks", "pgw_reply size 16", "pgw_reply size 8", "pgw_reply"),
    ("a reply that grows in front", "member pgw_reply 0 kind", "member pgw_reply 4 new size 4 int\n"
     "member pgw_reply 0 kind", "pgw_reply"),
    ("a table in its reserve", "8 reserved size 32 void *[4]", "8 new size 8 void *\n"
     "member pgw_copy_ops 16 reserved size 24 void *[3]", None),
    ("a table without a reserve", "8 reserved size 32 void *[4]", "8 new size 32 int", None),
    ("a table that grows", "pgw_copy_ops size 40", "pgw_copy_ops size 48", "pgw_copy_ops"),
    ("a table's member gone", "member pgw_copy_ops 0 data size 8 void *\n", "", "pgw_copy_ops"),
    ("a struct gone", OLD[OLD.index("struct pgw_copy") : OLD.index("enum")], "", "pgw_copy_ops"),
    ("everything, under another SONAME", OLD, "soname libpgwire.so.1\n", None),
]


class Abi(unittest.TestCase):
    maxDiff = None

    def test_is_written_down(self):
        self.assertEqual(abi.dump(installed.BUILD).splitlines(), abi.FILE.read_text().splitlines(),
                         "a change is meant? then tests/package/abi.py --update BUILD")

    def test_soname_is_the_headers(self):
        self.assertEqual(abi.soname(installed.BUILD / abi.LIBRARY),
                         f"libpgwire.so.{installed.soversion()}")

    def test_last_release_is_kept(self):
        released = abi.last_release()
        if released:
            self.assertEqual(abi.broken(released, abi.FILE.read_text()), [])

    def test_what_breaks(self):
        for name, old, new, breaks in CHANGES:
            with self.subTest(name):
                self.assertIn(old, OLD)
                faults = abi.broken(OLD, OLD.replace(old, new, 1) if old else OLD)
                self.assertEqual(bool(faults), bool(breaks), faults)
                for fault in faults:
                    self.assertIn(breaks, fault)


if __name__ == "__main__":
    unittest.main()
