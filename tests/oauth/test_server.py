"""The server's own method "oauth": rules, maps of identities, roles, and keys that are exchanged."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time
import unittest

import psycopg

import oauth_client
import tokens
from login import Client

PORT, LOG, RULES = int(os.environ["PGPORT"]), pathlib.Path(os.environ["SERVER_LOG"]), pathlib.Path(os.environ["RULES"])
KEYS = RULES.with_name("keys.json")
STRANGER = tokens.MAKE["EdDSA"]()


@unittest.skipUnless(oauth_client.loaded_libpq(), "psycopg's libpq is older than 18")
class Server(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hook = oauth_client.Hook()

    def connect(self, token, user="ada", **changes):
        where = {"host": "127.0.0.1", "port": PORT, "dbname": "main", "user": user, "sslmode": "require",
                 "oauth_issuer": tokens.ISSUER}
        return self.hook.connect(token, **where | changes)

    def says(self, token, user="ada", **changes):
        """Who the session is, or the server's words."""
        try:
            with self.connect(token, user, **changes) as connection:
                return connection.execute("select current_user").fetchone()[0]
        except psycopg.OperationalError as error:
            return re.search("FATAL:  (.*)", str(error)).group(1)

    def refusal(self, user):
        return f'OAuth bearer authentication failed for user "{user}"'

    def test_users(self):
        self.assertEqual(self.says(tokens.token()), "ada")
        self.assertEqual(self.says(tokens.token(sub="bob"), "bob"), "bob")
        self.assertEqual(self.says(tokens.token(), "bob"), self.refusal("bob"))
        self.assertEqual(self.says(tokens.token(exp=1000)), self.refusal("ada"))
        self.assertEqual(self.hook.asked[0][1], tokens.SCOPE)

    def test_user_who_is_not_there(self):
        """The token is good, but the users file does not have them."""
        self.assertEqual(self.says(tokens.token(sub="eve"), "eve"), 'role "eve" does not exist')

    def test_roles(self):
        with self.connect(tokens.token()) as connection:
            connection.execute("create table from_token as select 1 as a")
            connection.execute("drop table from_token")
        with self.connect(tokens.token(sub="bob"), "bob") as connection:
            with self.assertRaises(psycopg.errors.InsufficientPrivilege):
                connection.execute("create table from_token as select 1 as a")

    def test_map(self):
        """The claim "email" by a map of the ident file."""
        token = tokens.token(email="ada@example.org")
        self.assertEqual(self.says(token, "ada", dbname="mapped"), 'database "mapped" does not exist')
        for email in ("bob@example.org", "ada@example.com", "ada", "", None):
            with self.subTest(email):
                self.assertEqual(self.says(tokens.token(email=email), "ada", dbname="mapped"), self.refusal("ada"))

    def test_clear_on_this_machine(self):
        self.assertEqual(self.says(tokens.token(), sslmode="disable", dbname="main"), "ada")

    def test_other_message(self):
        client = Client(PORT, "main", "ada")
        self.assertEqual(client.request(), (10, b"OAUTHBEARER\0\0"))
        client.send(b"SCRAM-SHA-256\0\xff\xff\xff\xff")
        client.request()
        self.assertEqual(client.said[-1]["C"], "08P01")
        client.close()

    def reload(self, answer):
        said = LOG.stat().st_size
        os.kill(int(os.environ["SERVER_PID"]), signal.SIGHUP)
        end = time.monotonic() + 20
        while not re.search(answer, LOG.read_text()[said:]):
            self.assertLess(time.monotonic(), end, f"the server never said {answer}: {LOG.read_text()[said:]}")

    def test_keys_are_exchanged(self):
        new, kept = tokens.token("EdDSA", STRANGER), KEYS.read_text()
        with self.connect(tokens.token()) as living:
            try:
                self.assertEqual(self.says(new), self.refusal("ada"))
                KEYS.write_text(json.dumps(tokens.key_set({"EdDSA": STRANGER})))
                self.reload("reloaded.*all")
                self.assertEqual(self.says(new), "ada")
                self.assertEqual(self.says(tokens.token()), self.refusal("ada"))
                KEYS.write_text("{}")
                self.reload("reload failed.*users and rules.*none of its keys")
                self.assertEqual(self.says(new), "ada")
            finally:
                KEYS.write_text(kept)
                self.reload("reloaded.*all")
            self.assertEqual(self.says(tokens.token()), "ada")
            self.assertEqual(living.execute("select 1").fetchone(), (1,))

    def test_start(self):
        """Rules whose keys are not there, or are none, are refused at the start, with the line."""
        line = RULES.read_text().splitlines()[1]
        for keys, fault in (("nowhere.json", "cannot be read: No such file"), ("users", "not a JSON Web Key Set")):
            rules = RULES.with_name("bad")
            rules.write_text(f"local all all reject\n{line.replace('keys.json', keys)}\n")
            run = subprocess.run([os.environ["WIREHOUSE"], "serve", "--pg", "127.0.0.1:0", "--http", "127.0.0.1:0",
                                  "--hba", rules], capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(run.returncode, 1)
            self.assertIn("bad", run.stderr)
            self.assertRegex(run.stderr, f"2: the keys .*{fault}")

    def test_log(self):
        """Why a token was refused, and nothing of it."""
        said = LOG.stat().st_size
        token = tokens.token(aud="other")
        self.assertEqual(self.says(token), self.refusal("ada"))
        end = time.monotonic() + 20
        while "it is for another audience" not in (log := LOG.read_text()[said:]):
            self.assertLess(time.monotonic(), end, log)
        for part in token.split("."):
            self.assertNotIn(part[:20], log)


if __name__ == "__main__":
    unittest.main()
