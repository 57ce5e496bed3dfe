"""What has the same name has the same OID after a restart."""

import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sides  # noqa: E402


class Restart(unittest.TestCase):
    def test_oids(self):
        side = sides.Side("wirehouse", os.environ["PGPORT"], "postgres")
        with open(os.environ["CATALOG_OIDS"], encoding="utf-8") as file:
            before = json.load(file)
        self.assertIn("type mood", before.values())
        self.assertEqual(side.read_labels(), before)

    def test_names_of_oids_nobody_has_asked_for(self):
        """An OID that a client has kept from before reads as its name."""
        side = sides.Side("wirehouse", os.environ["PGPORT"], "postgres")
        with open(os.environ["CATALOG_OIDS"], encoding="utf-8") as file:
            oids = {label: oid for oid, label in json.load(file).items()}
        self.assertEqual(side.value(f"{oids['type mood']}::regtype::text"), "mood")
        self.assertEqual(side.value(f"{oids['class item']}::regclass::text"), "item")
