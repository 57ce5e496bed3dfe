"""wirehouse passwd: what it writes, what it keeps, who accepts it."""

import os
import pathlib
import pty
import stat
import subprocess
import tempfile
import unittest

import psycopg

from doors import PATIENCE, Wirehouse, outcome

WIREHOUSE = os.environ["WIREHOUSE"]


class Passwd(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.file = pathlib.Path(self.directory.name) / "users"

    def run_it(self, *arguments, say="pencil\n", code=0):
        """What it says."""
        done = subprocess.run([WIREHOUSE, "passwd", "--users", self.file, *arguments], input=say.encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE)
        self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout.decode()

    def write(self, text, mode=0o600):
        self.file.write_text(text)
        self.file.chmod(mode)

    def test_made(self):
        self.assertEqual(self.run_it("anna"), 'user "anna" made\n')
        line = self.file.read_text()
        self.assertRegex(line, r'^"anna" "SCRAM-SHA-256\$4096:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+"\n$')
        self.assertNotIn("pencil", line)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertEqual([path.name for path in self.file.parent.iterdir()], ["users"])

    def test_kept(self):
        before = '; head\n\n"x" "y"  "writer" ; his\n# z\n"a""b" "c"'
        self.write(before)
        self.run_it("--role", "admin", "new")
        lines = self.file.read_text().split("\n")
        self.assertEqual(lines[:5], before.split("\n"))
        self.assertRegex(lines[5], '^"new" "SCRAM.*" "admin"$')
        self.assertEqual(self.run_it("x"), 'user "x" changed\n')
        self.assertRegex(self.file.read_text().split("\n")[2], '^"x" "SCRAM.*" "writer" ; his$')
        self.run_it("--role", "reader", "--keep-password", 'a"b')
        self.assertEqual(self.file.read_text().split("\n")[4], '"a""b" "c" "reader"')
        self.run_it("--delete", "x")
        self.run_it("--delete", "new")
        self.assertEqual(self.file.read_text(), '; head\n\n# z\n"a""b" "c" "reader"\n')

    def test_refused(self):
        self.write('"x" "y"\n')
        for arguments, say, what, code in (
                (["--delete", "nobody"], "", "is not in", 1), (["--keep-password", "nobody"], "", "is not in", 1),
                (["anna"], "", "it is empty", 1), (["anna"], "\n", "it is empty", 1),
                (["anna"], "a\0b\n", "zero byte", 1), (["anna"], "x" * 2000, "longer than", 1),
                (["--verifier", "anna"], "pencil\n", "neither SCRAM", 1),
                (["--role", "root", "anna"], "x\n", "is not one of", 2), ([], "x\n", "name one user", 2),
                (["a", "b"], "x\n", "name one user", 2), (["a" * 64], "x\n", "1 to 63 bytes", 2),
                (["a\nb"], "x\n", "in one line", 2)):
            with self.subTest(arguments):
                self.assertIn(what, self.run_it(*arguments, say=say, code=code))
                self.assertEqual(self.file.read_text(), '"x" "y"\n')

    def test_faults_of_the_file(self):
        for text, mode, what in (('"x"\n', 0o600, "users:1: the secret is missing"), ('"x" "y"\n', 0o644, "too wide"),
                                 ('"x" "y"\n"x" "z"\n', 0o600, "users:2: the user is there twice")):
            self.write(text, mode)
            self.assertIn(what, self.run_it("x", code=1))
            self.assertEqual(self.file.read_text(), text)
            self.assertEqual([path.name for path in self.file.parent.iterdir()], ["users"])

    def test_lock(self):
        self.write('"x" "y"\n')
        lock = self.file.with_name("users.new")
        lock.touch()
        self.assertIn("somebody is changing", self.run_it("x", code=1))
        lock.unlink()
        self.run_it("x")

    def test_links_and_modes(self):
        real = self.file.with_name("real")
        real.write_text("")
        real.chmod(0o640)
        self.file.symlink_to(real)
        self.run_it("anna")
        self.assertTrue(self.file.is_symlink())
        self.assertIn("anna", real.read_text())
        self.assertEqual(stat.S_IMODE(real.stat().st_mode), 0o640)

    def test_terminal(self):
        """Nothing that is said is seen, and it has to be said twice."""
        for again, code, what in (("pencil", 0, b"made"), ("pen", 1, b"not the same twice")):
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv(WIREHOUSE, ["wirehouse", "passwd", "--users", str(self.file), "anna"])
            seen = b""
            for prompt, say in ((b"Password: ", "pencil"), (b"Again: ", again)):
                while prompt not in seen:
                    seen += os.read(terminal, 1000)
                os.write(terminal, say.encode() + b"\n")
            while True:
                try:
                    part = os.read(terminal, 1000)
                except OSError:
                    break
                if not part:
                    break
                seen += part
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), code, seen)
            self.assertIn(what, seen)
            self.assertNotIn(b"pen", seen)
            os.close(terminal)

    def test_postgres_accepts_it(self):
        """A verifier of ours lets its user into PostgreSQL, one of PostgreSQL's into us."""
        password = "pa\u00ads\u2168 \u00aa"  # for SASLprep
        self.run_it("anna", say=password + "\n")
        verifier = self.file.read_text().split('"')[3]
        port = os.environ["POSTGRES_PORT"]
        with psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="main", autocommit=True) as oracle:
            oracle.execute("drop role if exists ours")
            oracle.execute(f"create role ours login password '{verifier}'")
            rules = pathlib.Path(os.environ["POSTGRES_DATA"]) / "pg_hba.conf"
            before = rules.read_text()
            rules.write_text("host all ours 127.0.0.1/32 scram-sha-256\nhost all postgres 127.0.0.1/32 trust\n")
            try:
                oracle.execute("select pg_reload_conf()")
                where = {"host": "127.0.0.1", "port": port, "user": "ours", "dbname": "main"}
                self.wait_refused({**where, "password": "wrong"})
                with psycopg.connect(**where, password=password) as connection:
                    self.assertEqual(connection.execute("select current_user").fetchone(), ("ours",))
            finally:
                rules.write_text(before)
                oracle.execute("select pg_reload_conf()")

    def wait_refused(self, where):
        """Until the rules ask for a password."""
        while True:
            try:
                psycopg.connect(**where).close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    return

    def test_verifier(self):
        for secret in ("md5" + 32 * "a", "SCRAM-SHA-256$4096:FZhecYKUGZsy/6R4Qu3GDg==$"
                       "ZIStJjqHsHOrAsPSR62aOp+v8Sh72wCxJtcJfyCpujs=:RxNmfJ3DTTVlMCoYySOi1PRLNevsVgfn25DFWXOPpYU="):
            self.run_it("--verifier", "anna", say=secret + "\n")
            self.assertEqual(self.file.read_text(), f'"anna" "{secret}"\n')


class Reload(unittest.TestCase):
    """The server takes what is new at SIGHUP, and keeps what it had if that is wrong."""

    def test_reload(self):
        server = Wirehouse()
        users = pathlib.Path(os.environ["USERS_WORK"]) / "users"
        before = users.read_text()
        try:
            subprocess.run([WIREHOUSE, "passwd", "--users", users, "newcomer"], input=b"pencil\n", check=True,
                           stdout=subprocess.DEVNULL)
            server.load("host all all all scram-sha-256")
            self.assertEqual(outcome(server, "::1", "newcomer")[0], "in")
            self.assertEqual(outcome(server, "::1", "newcomer", password="pen")[:2], ("FATAL", "28P01"))
            users.write_text(before + '"broken"\n')
            server.reload()
            log = pathlib.Path(os.environ["WIREHOUSE_LOG"])
            while "the secret is missing" not in log.read_text():
                pass
            self.assertEqual(outcome(server, "::1", "newcomer")[0], "in")
            users.write_text(before)
            server.load("host all all all scram-sha-256")
            self.assertEqual(outcome(server, "::1", "newcomer")[:2], ("FATAL", "28P01"))
        finally:
            users.write_text(before)


if __name__ == "__main__":
    unittest.main()
