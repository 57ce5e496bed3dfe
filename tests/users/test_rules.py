"""The same rules for PostgreSQL and for wirehouse: who gets in from where, how they are asked,
and what they are told if they do not."""

import unittest

from doors import PLACES, Postgres, Wirehouse, outcome

# anna is in the role admin and has a SCRAM secret, ben in writer with an md5 one, carl and root
# in reader without any.
USERS = ("anna", "ben", "carl", "root", "ghost")

RULES = {
    "nothing": "# none",
    "trust": "local all all trust\nhost all all all trust",
    "scram": "local all all scram-sha-256\nhost all all all scram-sha-256",
    "md5": "local all all md5\nhost all all all md5",
    "password": "local all all password\nhost all all 127.0.0.0/8 password\nhost all all ::1/128 password",
    "peer": "local all all peer",
    "peer by a map": "local all all peer map=m",
    "rejected": "host all anna,ben 127.0.0.1/32 reject\nlocal all all reject\nhost all all all trust",
    "the first line counts": "host all anna 127.0.0.2/32 trust\nhost all anna all scram-sha-256\nhost all all all reject",
    "one address": "host all all 127.0.0.2/32 trust",
    "a range": "host all all 127.0.0.1/31 trust\nhost all all 127.0.0.2/31 md5",
    "a mask": "host all all 127.0.0.0 255.255.255.254 trust",
    "IPv6": "host all all ::/0 trust",
    "IPv4": "host all all 0.0.0.0/0 trust",
    "this host": "host all all samehost trust",
    "this net": "host all all samenet trust",
    "encrypted": "hostssl all all all scram-sha-256\nhostnossl all all 127.0.0.2/32 trust",
    "not encrypted": "hostnossl all all all trust",
    "no GSSAPI": "hostnogssenc all all all trust",
    "databases": "host nosuch all all trust\nhost \"main\" anna all trust\nhost \"all\" ben all trust",
    "sameuser": "host sameuser all all trust",
    "samerole": "host samerole all all trust",
    "roles": "host all +admin all trust\nhost all +writer 127.0.0.1/32 reject\nhost all \"+reader\" all trust",
    "quotes": "host \"main\" \"anna\",\"b\"en 127.0.0.1/32 trust # and so on\nhost all \"all\" all trust",
    "continued": "host all \\\n anna, \\\n ben \\\n all trust",
    "a role named so": "host all +carl all trust\nhost all replication all trust",
    "commas": "host all,main anna, ben ::1/128 trust\nhost ,all ,carl, ,anna 127.0.0.1/32 trust",
}
IDENT = "m root anna\nm /^ro(.*)$ ghost\\1\nm /^(.*)t$ ca\\1\n\nother root ben\nm /^(ro)o(t)$ \\1ot"


class Rules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.servers = Postgres(), Wirehouse()

    def same(self, name, *arguments, **options):
        theirs, ours = (outcome(server, *arguments, **options) for server in self.servers)
        with self.subTest(name, who=arguments, **options):
            self.assertEqual(ours, theirs)

    def test_logins(self):
        for name, rules in RULES.items():
            for server in self.servers:
                server.load(rules, IDENT)
            for place in PLACES:
                for user in USERS:
                    self.same(name, place, user)
            for user in ("anna", "ben"):
                self.same(name, "127.0.0.1", user, password="wrong")
                self.same(name, "127.0.0.1", user, database="nosuch")
                self.same(name, "::1", user, database="writer")

    def test_names(self):
        for server in self.servers:
            server.load('host main "Dora X" all trust\nhost "a b" all all trust\nhost all "dora x" all reject')
        for user in ("Dora X", "dora x", "Dora", "dora"):
            self.same("names", "::1", user)
            self.same("names", "::1", user, database="a b")


class Faults(unittest.TestCase):
    """What is wrong keeps what was right, and both servers think that it is wrong."""

    def test_kept(self):
        servers = Postgres(), Wirehouse()
        for fault in ("host all all all magic", "nonsense", "host all all 127.0.0.1/33 trust", "local all",
                      "host all all 127.0.0.1 trust", "local all all trust x=1", "host all all all peer",
                      "host all all all cert", "local all all md5 map=m", "hostssl all all all md5 clientcert=no",
                      "host all all 1.2.3.4 ::1 trust", "local all all trust trust", "host all all a,b trust"):
            for server in servers:
                server.load("host all anna all trust")
                server.files["hba"].write_text("host all ben all trust\n" + fault + "\n")
                server.reload()
                # The next load shows that the one before has been dealt with.
                for _ in range(3):
                    with self.subTest(fault, server=type(server).__name__):
                        self.assertEqual(outcome(server, "::1", "anna")[0], "in")


if __name__ == "__main__":
    unittest.main()
