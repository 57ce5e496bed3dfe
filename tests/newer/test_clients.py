"""libpq 18, which psycopg brings along: protocol 3.2, and cancels with its long keys."""

import os
import threading
import unittest

import psycopg

WHERE = {"host": "127.0.0.1", "user": "tester", "dbname": "main", "autocommit": True}


@unittest.skipUnless(psycopg.pq.version() >= 180000, "psycopg's libpq is older than 18")
class Clients(unittest.TestCase):
    def check(self, port, version, **options):
        """Both servers: the version that was agreed upon, a query, a cancel."""
        with psycopg.connect(port=port, **WHERE, **options) as connection:
            self.assertEqual(connection.pgconn.full_protocol_version, version)
            self.assertEqual(connection.execute("select %s::int4", (7,)).fetchone(), (7,))
            canceller = threading.Thread(target=self.cancel, args=(connection,))
            canceller.start()
            try:
                with self.assertRaises(psycopg.errors.QueryCanceled):
                    connection.execute("select pg_sleep(60)")
            finally:
                self.over.set()
                canceller.join()
            self.assertEqual(connection.execute("select 8").fetchone(), (8,))

    def cancel(self, connection):
        """Again and again, since the first may come before the statement."""
        while not self.over.is_set():
            connection.cancel_safe(timeout=20)

    def test_versions(self):
        for options, version in (({}, 30000), ({"max_protocol_version": "latest"}, 30002),
                                 ({"max_protocol_version": "3.2", "min_protocol_version": "3.2"}, 30002),
                                 ({"max_protocol_version": "3.0"}, 30000)):
            for port in (os.environ["PGPORT"], os.environ["POSTGRES_PORT"]):
                with self.subTest(port=port, **options):
                    self.over = threading.Event()
                    self.check(port, version, **options)


if __name__ == "__main__":
    unittest.main()
