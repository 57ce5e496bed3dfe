"""libpq through TLS: psql 15, and the newer one that psycopg brings."""

import hashlib
import os
import subprocess
import threading
import unittest

import psycopg

from sides import PASSWORD, PORTS, TLS

PORT = PORTS["wirehouse"]
SLOW = "select count(*) from range(100000000000) t(i) where i % 7 = 3"
MILLION = "select i, i * 0.5 as half, repeat('x', 1 + i::int % 40) as text from range(1000000) t(i)"


def words(user="trust_user", side="wirehouse", **settings):
    given = {"host": "localhost", "hostaddr": "127.0.0.1", "port": PORTS[side], "dbname": "main", "user": user,
             "sslrootcert": TLS / "ca.crt", "sslmode": "verify-full", **settings}
    return " ".join(f"{name}={value}" for name, value in given.items() if value is not None)


def psql(where, *arguments):
    run = subprocess.run(["psql", "-X", "-A", "-t", "-w", where, *arguments], capture_output=True, text=True,
                         check=False)
    return (run.stdout + run.stderr).strip()


def with_certificate(name, **settings):
    return {"sslcert": TLS / f"{name}.crt", "sslkey": TLS / f"{name}.key", **settings}


class Psql(unittest.TestCase):
    def test_modes(self):
        for mode in ("allow", "prefer", "require", "verify-ca", "verify-full"):
            with self.subTest(mode):
                got = psql(words(sslmode=mode), "-c", "select 1", "-c", r"\conninfo")
                self.assertIn("1\n", got)
                self.assertIn("SSL connection (protocol: TLSv1.3", got)
        self.assertIn("no encryption", psql(words(sslmode="disable"), "-c", "select 1"))

    def test_wrong_authority_and_name(self):
        self.assertIn("certificate verify failed", psql(words(sslrootcert=TLS / "strangers.crt"), "-c", "select 1"))
        self.assertIn("does not match host name", psql(words(host="other.example"), "-c", "select 1"))
        self.assertEqual("1", psql(words(host="other.example", sslmode="verify-ca"), "-c", "select 1"))

    def test_versions(self):
        for version in ("TLSv1.2", "TLSv1.3"):
            got = psql(words(ssl_max_protocol_version=version), "-c", r"\conninfo")
            self.assertIn(f"protocol: {version}", got)

    def test_channel_binding(self):
        for how in ("disable", "prefer", "require"):
            for version in ("TLSv1.2", "TLSv1.3"):
                where = words("scram_user", channel_binding=how, ssl_max_protocol_version=version)
                self.assertEqual("1", psql(f"{where} password={PASSWORD}", "-c", "select 1"))
                self.assertIn("password authentication failed", psql(f"{where} password=no", "-c", "select 1"))

    def test_certificates(self):
        """What libpq says is the same with PostgreSQL behind it."""
        for user, settings in (
                ("cert_user", {}), ("cert_user", with_certificate("good")), ("cert_user", with_certificate("other")),
                ("cert_user", with_certificate("revoked")), ("cert_user", with_certificate("expired")),
                ("cert_user", with_certificate("stranger")), ("cert_user", with_certificate("nameless")),
                ("both_user", with_certificate("other", password=PASSWORD)),
                ("both_user", with_certificate("stranger", password=PASSWORD)),
                ("both_user", {"password": PASSWORD}),
                ("trust_user", with_certificate("stranger"))):
            for version in ("TLSv1.2", "TLSv1.3"):
                said = {side: psql(words(user, side, ssl_max_protocol_version=version, **settings), "-c", "select 1")
                        .replace(str(port), "PORT") for side, port in PORTS.items()}
                with self.subTest(user=user, version=version, **settings):
                    self.assertEqual(said["wirehouse"], said["postgres"])

    def test_same_bytes(self):
        """A large result, through TLS and in clear."""
        sums = set()
        for user, mode in (("trust_user", "require"), ("clear_user", "disable")):
            with subprocess.Popen(["psql", "-X", "-A", "-t", "-w", words(user, sslmode=mode), "-c", MILLION],
                                  stdout=subprocess.PIPE) as process:
                sums.add(hashlib.file_digest(process.stdout, "sha256").hexdigest())
            self.assertEqual(process.returncode, 0)
        self.assertEqual(len(sums), 1)


class Newer(unittest.TestCase):
    """libpq 17 and later."""

    def setUp(self):
        if psycopg.pq.version() < 170000:
            self.skipTest("psycopg's libpq is older")

    def test_direct(self):
        for settings in ({}, {"sslmode": "require"}, {"gssencmode": "disable"}):
            with psycopg.connect(words(sslnegotiation="direct", **settings)) as connection:
                self.assertEqual(connection.execute("select 1").fetchone(), (1,))
        with psycopg.connect(words("scram_user", sslnegotiation="direct", channel_binding="require",
                                   password=PASSWORD)) as connection:
            self.assertEqual(connection.execute("select 1").fetchone(), (1,))
        with self.assertRaisesRegex(psycopg.OperationalError, "connection requires a valid client certificate"):
            psycopg.connect(words("cert_user", sslnegotiation="direct"))
        with psycopg.connect(words("cert_user", sslnegotiation="direct", **with_certificate("good"))):
            pass

    def test_options(self):
        options = [{"gssencmode": "prefer"}]
        if psycopg.pq.version() >= 180000:
            options.append({"max_protocol_version": "latest"})
        for settings in options:
            with self.subTest(settings), psycopg.connect(words(**settings)) as connection:
                self.assertEqual(connection.execute("select 1").fetchone(), (1,))

    def test_cancel(self):
        """Through TLS too, since libpq 17."""
        with psycopg.connect(words(), autocommit=True) as connection:
            done = threading.Event()

            def cancel():
                while not done.wait(0.05):
                    connection.cancel_safe(timeout=30)

            thread = threading.Thread(target=cancel)
            thread.start()
            try:
                with self.assertRaises(psycopg.errors.QueryCanceled):
                    connection.execute(SLOW)
            finally:
                done.set()
                thread.join()


class Https(unittest.TestCase):
    def curl(self, *arguments):
        url = f"https://localhost:{os.environ['HTTPS_PORT']}"
        run = subprocess.run(["curl", "-sS", "--cacert", TLS / "ca.crt", "-u", f"trust_user:{PASSWORD}",
                              *[argument.replace("URL", url) for argument in arguments]],
                             capture_output=True, text=True, check=False)
        return run.stdout + run.stderr

    def test_query(self):
        self.assertIn('"rows":[[42]]', self.curl("URL/v1/query", "-d", '{"sql": "select 42 as a"}'))

    def test_certificates(self):
        """By the same rules: cert_user has no password to say."""
        query = ("URL/v1/query", "-d", '{"sql": "select current_user as u"}', "-u", f"cert_user:{PASSWORD}")
        good, other, bad = (("--cert", str(TLS / f"{name}.crt"), "--key", str(TLS / f"{name}.key"))
                            for name in ("good", "other", "revoked"))
        self.assertIn('[["cert_user"]]', self.curl(*query, *good))
        self.assertIn("28000", self.curl(*query, *other))
        self.assertIn("28000", self.curl(*query))
        self.assertIn("revoked", self.curl(*query, *bad))

    def test_large(self):
        got = self.curl("URL/v1/query", "-d", '{"sql": "select i from range(300000) t(i)"}')
        self.assertIn("[299999]]", got)
        self.assertEqual(got.count("["), 300002, got[:100])

    def test_several_requests(self):
        self.assertEqual(self.curl("URL/health", "URL/health", "-o", "/dev/null", "-o", "/dev/null",
                                   "-w", "%{http_code} %{num_connects};"), "200 1;200 0;")

    def test_not_trusted(self):
        self.assertIn("certificate", self.curl("--cacert", str(TLS / "strangers.crt"), "URL/health"))


if __name__ == "__main__":
    unittest.main()
