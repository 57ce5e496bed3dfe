"""COPY … TO STDOUT beside PostgreSQL 15: message by message the same bytes, for all types, styles
and options."""

import json
import os
import pathlib
import random
import sys
import unittest
import urllib.error
import urllib.request

import psycopg
from psycopg import pq

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
from peer import ENDLESS, Peer  # noqa: E402

SPECIAL = ("", "\\N", "\\.", "NULL", "a\tb", "a,b", 'say "x"', "it's", "back\\slash", "\b\f\n\r\t\v", "\x01\x1f",
           "caf\u00e9 \u20ac \U0001f600", "x" * 3000, ",", '"', '""', "|", "-1", " lead", "{1,2}", "\\x41", "e" * 17,
           "n\n", "\r", "t|u;v", "\x7f")
# Name, type, values as PostgreSQL reads them.
TYPES = (
    ("a", "boolean", ("t", "f")),
    ("b", "int2", ("0", "-32768", "32767", "-1")),
    ("c", "int4", ("0", "-2147483648", "17", "-5")),
    ("d", "int8", ("9223372036854775807", "-9223372036854775808", "42")),
    ("e", "float4", ("1.5", "NaN", "-Infinity", "1e-30", "3.4028235e38", "-0")),
    ("f", "float8", ("0.1", "NaN", "Infinity", "1e300", "-2.5e-7")),
    ("g", "numeric(20,4)", ("0.0001", "-1234567890.5", "7")),
    ("h", "text", SPECIAL),
    ("i", "bytea", ("\\x", "\\x00ff5c2c22", "\\x" + "ab" * 400)),
    ("j", "date", ("2024-02-29", "0001-01-01", "9999-12-31", "infinity")),
    ("k", "time", ("00:00:00", "23:59:59.999999", "12:30:00")),
    ("l", "timestamp", ("2024-02-29 12:00:00", "1969-12-31 23:59:59.5", "-infinity")),
    ("m", "timestamptz", ("2024-07-01 12:00:00+00", "1999-01-01 00:00:00.25+00")),
    ("n", "interval", ("1 year 2 mons -3 days", "00:00:01.5", "-1 days -02:03:04")),
    ("o", "uuid", ("00112233-4455-6677-8899-aabbccddeeff",)),
    ("p", "json", ('{"a": [1, "x,y"], "b": null}', '"\\t"', "{}")),
    ("q", "int4[]", ("{1,2,NULL}", "{}", "{-7}")),
    ("r", "text[]", ('{"a,b","c\\"d","e\\\\f",NULL,"NULL",""}', "{x}", '{"g\th"}')),
    ("s", "varchar", ("v", "w,x", "")),
)
NAMES = [name for name, _, _ in TYPES]
ALL = f"(select {', '.join(NAMES)} from copied order by z)"
OPTIONS = (
    "", "binary", "(format text)", "csv", "csv header", "(format csv, force_quote *)",
    "(format csv, force_quote (a, h, q), header true)", "(delimiter ',')", "(delimiter '-', null 'nil')",
    "(delimiter '|', null '')", "(delimiter ':', header)", "(delimiter 'T')", "(delimiter E'\\x01')",
    "(format csv, delimiter ';', quote '''', escape '\\')", "(format csv, null 'NULL')", "(format csv, null '-1')",
    "(format csv, delimiter '-', null 'x')", "(format csv, quote '1')", "(format csv, delimiter E'\\t', null '\\N')",
    "(format csv, delimiter ' ', escape 'e')", "(format csv, quote 't', delimiter 'f')",
    "(format csv, force_quote (b), null '0')", "(format binary)", "(encoding 'UTF8', format csv)",
)
SETTINGS = (
    (), ("set datestyle to german", "set intervalstyle to iso_8601"),
    ("set datestyle to 'postgres, dmy'", "set intervalstyle to postgres_verbose", "set timezone to 'Asia/Kolkata'"),
    ("set datestyle to sql", "set intervalstyle to sql_standard", "set timezone to 'America/New_York'"),
    ("set bytea_output to escape", "set extra_float_digits to 0"),
)
ROWS = 120
SERVERS = {"postgres": ("POSTGRES_PORT", "postgres"), "wirehouse": ("PGPORT", "tester")}


def rows_of(seed):
    choose = random.Random(seed)
    for number in range(ROWS):
        yield [None if choose.random() < 0.2 else choose.choice(values) for _, _, values in TYPES]
        if number % 10 == 0:
            yield [None] * len(TYPES)


def fill(server):
    port, user = SERVERS[server]
    connection = psycopg.connect(host="127.0.0.1", port=os.environ[port], dbname="main", user=user, autocommit=True)
    with connection:
        connection.execute("drop table if exists copied")
        connection.execute("create table copied (%s, z int)" % ", ".join(f"{name} {kind}" for name, kind, _ in TYPES))
        places = ", ".join(f"${i + 1}" for i in range(len(TYPES)))
        for number, row in enumerate(rows_of(7)):
            result = connection.pgconn.exec_params(f"insert into copied values ({places}, {number})".encode(),
                                                   [None if cell is None else cell.encode() for cell in row])
            assert result.status == pq.ExecStatus.COMMAND_OK, f"{server}: {result.error_message} {row}"


class Copies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for server in SERVERS:
            fill(server)

    def answers(self, server, *statements):
        """All messages that a statement is answered with, errors without their words."""
        with Peer(server) as peer:
            for statement in statements[:-1]:
                peer.query(statement)
            peer.socket.sendall(b"Q" + (len(statements[-1].encode()) + 5).to_bytes(4, "big")
                                + statements[-1].encode() + b"\0")
            got = []
            while not got or got[-1][0] != "Z":
                kind, body = peer.next_raw()
                got.append((kind, self.fields(body) if kind == "E" else body))
            return got

    @staticmethod
    def fields(body):
        """SQLSTATE and text; what an encoding is called does not count."""
        out = {part[:1]: part[1:] for part in body.split(b"\0") if part[:1] in (b"C", b"M")}
        if out[b"C"] == b"22P05":
            out[b"M"] = out[b"M"].rsplit(b'"', 2)[0]
        return out

    def same(self, *statements, ordered=True):
        theirs = self.answers("postgres", *statements)
        ours = self.answers("wirehouse", *statements)
        if not ordered:
            theirs, ours = sorted(theirs, key=repr), sorted(ours, key=repr)
        for wanted, got in zip(theirs, ours):
            self.assertEqual(got, wanted, statements)
        self.assertEqual(len(ours), len(theirs), statements)
        return theirs

    def test_options(self):
        for options in OPTIONS:
            with self.subTest(options):
                theirs = self.same(f"copy {ALL} to stdout {options}")
                self.assertEqual([kind for kind, _ in theirs[-3:]], ["c", "C", "Z"])
                self.same(f"copy copied to stdout {options}", ordered=False)

    def test_settings(self):
        for settings in SETTINGS:
            for options in ("", "csv", "binary", "(delimiter ' ')", "(format csv, delimiter '/', quote ':')"):
                with self.subTest(f"{settings} {options}"):
                    self.same(*settings, f"copy {ALL} to stdout {options}")

    def test_columns(self):
        """One column alone is quoted by rules of its own."""
        for name in NAMES:
            for options in ("", "csv", "(format csv, header, null 'x')", "(format csv, force_quote *)", "binary"):
                with self.subTest(f"{name} {options}"):
                    self.same(f"copy copied ({name}) to stdout {options}", ordered=False)
        choose = random.Random(3)
        for _ in range(30):
            names = choose.sample(NAMES, choose.randint(2, 6))
            options = choose.choice(OPTIONS).replace("(a, h, q)", "*").replace("(b)", "*")
            self.same(f"copy copied ({', '.join(names)}) to stdout {options}", ordered=False)

    def test_encodings(self):
        for encoding in ("latin1", "win1252", "sjis", "gb18030", "euc_jp", "koi8r", "sql_ascii", "utf8"):
            for text in ("plain", "\u00e9\u00fc", "\u20ac", "\u8868\\", "\u042f\t", "\U0001f600"):
                with self.subTest(f"{encoding} {text}"):
                    self.same(f"copy (select '{text}'::text as a, 1 as b) to stdout (encoding '{encoding}')")
                    self.same(f"copy (select '{text}'::text as a, 1 as b) to stdout (encoding '{encoding}', "
                              "format csv, header, force_quote *)")

    def test_names(self):
        """Names in the header are escaped as values are."""
        for options in ("(header)", "csv header", "(format csv, header, delimiter ';')", "(header, delimiter '|')"):
            self.same(f'copy (select 1 as "a,b", 2 as "c""d", 3 as "e\tf", 4 as "g;h|i") to stdout {options}')
            self.same(f'copy (select 1 as "\\.") to stdout {options}')

    def test_none(self):
        for options in ("", "csv header", "binary"):
            self.same(f"copy (select 1 as a, 'x' as b where false) to stdout {options}")

    def test_late_error(self):
        """Rows that were sent are followed by the error alone."""
        sql = "copy (select 10 / (case when i < 90000 then 1 else null end) as a, repeat('x', 40), " \
              "(case when i < 90000 then '1' else 'x' end)::int from generate_series(1, 100000) t(i)) to stdout"
        got = self.answers("wirehouse", sql)
        kinds = [kind for kind, _ in got]
        self.assertEqual(kinds[0], "H")
        self.assertEqual(kinds[-2:], ["E", "Z"])
        self.assertNotIn("c", kinds)
        self.assertGreater(kinds.count("d"), 1000)
        self.assertEqual(got[-2][1][b"C"], b"22P02")

    def test_views(self):
        """What is served are often views over files: unlike PostgreSQL's they can be copied."""
        got = self.answers("wirehouse", "drop view if exists copied_view",
                           "create view copied_view as select z as a, z * 2 as b from copied where z < 2",
                           "copy copied_view (b, a) to stdout")
        self.assertEqual(sorted(body for kind, body in got if kind == "d"), [b"0\t0\n", b"2\t1\n"])

    def test_generated_columns(self):
        create = ("drop table if exists copied_g",
                  "create table copied_g (a int, b int generated always as (a * 2){}, c text)",
                  "insert into copied_g (a, c) values (1, 'x')")
        for statement in ("copy copied_g to stdout", "copy copied_g (c, a) to stdout csv header",
                          "copy copied_g (a, b) to stdout", "copy (select * from copied_g) to stdout"):
            theirs = self.answers("postgres", create[0], create[1].format(" stored"), create[2], statement)
            ours = self.answers("wirehouse", create[0], create[1].format(""), create[2], statement)
            self.assertEqual(ours, theirs)

    def test_cancel(self):
        """While rows are sent, whether they are read fast or hardly."""
        endless = ENDLESS["wirehouse"]
        for options in ("", "csv", "binary", "(format arrow)"):
            for buffer in (None, 65536):
                with self.subTest(f"{options} {buffer}"), Peer("wirehouse", receive_buffer=buffer) as peer:
                    peer.send(f'Query "copy ({endless}) to stdout {options}"')
                    self.assertEqual(peer.next_raw()[0], "H")
                    peer.cancel()
                    kinds = []
                    while not kinds or kinds[-1][0] != "Z":
                        kind, body = peer.next_raw()
                        kinds += [(kind, body)] if kind != "d" else []
                    self.assertEqual([kind for kind, _ in kinds[-2:]], ["E", "Z"])
                    self.assertEqual(len(kinds), 2)
                    self.assertIn(b"C57014\0", kinds[-2][1])

    def test_timeout(self):
        got = self.answers("wirehouse", "set statement_timeout to '100ms'",
                           f"copy ({ENDLESS['wirehouse']}) to stdout")
        self.assertEqual([kind for kind, _ in got[-2:]], ["E", "Z"])
        self.assertEqual(got[-2][1][b"C"], b"57014")

    def test_over_http(self):
        address = f"http://127.0.0.1:{os.environ['HTTP_PORT']}/v1/query"
        request = urllib.request.Request(address, json.dumps({"sql": "copy copied to stdout"}).encode())
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        self.assertEqual(caught.exception.code, 501)
        caught.exception.close()
