"""Values of every type as parameters: read as PostgreSQL reads them, text and binary, and
refused with its message, SQLSTATE and context."""

import os
import random
import struct
import unittest

import psycopg
from malformed import BINARY, TEXT
from psycopg import pq

SEED = 40_812
ROUNDS = 60
FIELDS = (pq.DiagnosticField.SQLSTATE, pq.DiagnosticField.MESSAGE_PRIMARY,
          pq.DiagnosticField.MESSAGE_DETAIL, pq.DiagnosticField.MESSAGE_HINT,
          pq.DiagnosticField.CONTEXT)


def connect(port, user):
    return psycopg.connect(host="127.0.0.1", port=port, dbname="main", user=user, autocommit=True)


def digits(rng, most):
    return str(rng.randrange(10 ** rng.randint(1, most)))


def numeric(rng):
    whole = rng.randint(1, 37)
    return rng.choice(["", "-"]) + digits(rng, whole) + rng.choice(["", "." + digits(rng, 38 - whole)])


def real(rng, form):
    while True:
        value = struct.unpack(form, rng.randbytes(struct.calcsize(form)))[0]
        if value == value and 1e-30 < abs(value) < 1e30:
            return repr(value)


def day(rng):
    return rng.choice([
        f"{rng.randint(1, 9999):04}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        f"{rng.randint(1, 12)}/{rng.randint(1, 28)}/{rng.randint(1900, 2100)}",
        f"{rng.choice(['Jan', 'feb', 'MARCH', 'Dec'])} {rng.randint(1, 28)}, {rng.randint(1, 2100)}",
        f"{rng.randint(1000, 4000)}-{rng.randint(1, 12)}-{rng.randint(1, 28)} BC",
        f"J{rng.randint(0, 4000000)}", f"{rng.randint(1000, 9999)}.{rng.randint(1, 365):03}",
        "infinity", "-infinity", "epoch"])


def clock(rng):
    return rng.choice([
        f"{rng.randint(0, 23)}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}.{digits(rng, 6)}",
        f"{rng.randint(0, 23):02}{rng.randint(0, 59):02}{rng.randint(0, 59):02}",
        f"{rng.randint(1, 12)}:{rng.randint(0, 59):02} {rng.choice(['am', 'PM'])}", "24:00:00",
        "allballs"])


def zone(rng):
    return rng.choice(["", "Z", "+00", "-08", "+05:30", "-0330", " UTC", " PST", " cest", "+15:59:59"])


def zoned(rng):
    """am and a zone run together are the name of a zone."""
    time = clock(rng).replace("allballs", "1:2")
    return time + zone(rng) if "M" not in time.upper() else time


def finite_day(rng):
    while True:
        text = day(rng)
        if "inf" not in text and text != "epoch":
            return text


def stamp(rng, with_zone):
    if rng.random() < 0.1:
        return rng.choice(["infinity", "-infinity", "epoch"])
    return finite_day(rng) + " " + (zoned(rng) if with_zone else clock(rng))


def span(rng):
    small = rng.randint(-500, 500)
    return rng.choice([
        f"{small} years {rng.randint(-11, 11)} mons {rng.randint(-99, 99)} days",
        f"{small} days {rng.randint(0, 99)}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}.{digits(rng, 6)}",
        f"P{abs(small)}Y{rng.randint(0, 99)}M{rng.randint(0, 99)}DT{rng.randint(0, 99)}H{rng.randint(0, 9)}.{digits(rng, 3)}S",
        f"{abs(small)}-{rng.randint(0, 11)} {rng.randint(0, 99)} {rng.randint(0, 23)}:{rng.randint(0, 59):02}",
        f"{rng.uniform(-99, 99):.3f} {rng.choice(['weeks', 'hours', 'months', 'msec', 'decades'])}",
        f"{abs(small)} day ago"])


def word(rng):
    return "".join(rng.choice("abcXYZ 012é'\\\"λ{},\t") for _ in range(rng.randrange(20)))


MAKERS = {
    "bool": lambda rng: rng.choice(["t", "F", "yes", "off", "1", " true "]),
    "int2": lambda rng: str(rng.randint(-2**15, 2**15 - 1)),
    "int4": lambda rng: f" {rng.randint(-2**31, 2**31 - 1)} ",
    "int8": lambda rng: str(rng.randint(-2**63, 2**63 - 1)),
    "float4": lambda rng: rng.choice([real(rng, "f"), "NaN", "-inf", "1e10"]),
    "float8": lambda rng: rng.choice([real(rng, "d"), "nan", "Infinity", ".5e3"]),
    "numeric": numeric,
    "text": word,
    "varchar": word,
    "bytea": lambda rng: "\\x" + rng.randbytes(rng.randrange(20)).hex(),
    "uuid": lambda rng: rng.choice(["{%s}", "%s"]) % rng.randbytes(16).hex(),
    "date": day,
    "time": clock,
    "timetz": zoned,
    "timestamp": lambda rng: stamp(rng, False),
    "timestamptz": lambda rng: stamp(rng, True),
    "interval": span,
    "json": lambda rng: rng.choice(['{"a": [1, 2.5e3, null]}', " true ", '"\\u00e9"', "[]", "-0"]),
    "varbit": lambda rng: format(rng.getrandbits(rng.randint(1, 40)), "b"),
}


class Reading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.oracle = connect(os.environ["POSTGRES_PORT"], "postgres")
        cls.ours = connect(os.environ["PGPORT"], "t")
        cls.oids = dict(cls.oracle.execute("select typname, oid::int from pg_type").fetchall())

    @classmethod
    def tearDownClass(cls):
        cls.oracle.close()
        cls.ours.close()

    def cells(self, connection, oid, values, param_format, result_format):
        sql = "select " + ", ".join(f"${i + 1}" for i in range(len(values)))
        result = connection.pgconn.exec_params(
            sql.encode(), values, [oid] * len(values), [param_format] * len(values), result_format)
        self.assertEqual(result.status, pq.ExecStatus.TUPLES_OK, result.error_message)
        return [result.get_value(0, i) for i in range(len(values))]

    def error(self, connection, oid, value, param_format):
        result = connection.pgconn.exec_params(b"select $1", [value], [oid], [param_format])
        if result.status == pq.ExecStatus.TUPLES_OK:
            return ("accepted", result.get_value(0, 0))
        return tuple(result.error_field(field) for field in FIELDS)

    def compare(self, name, values):
        """Both formats of the parameter by both formats of the result."""
        oid = self.oids[name]
        binary = self.cells(self.oracle, oid, values, 0, 1)
        for param_format, sent in ((0, values), (1, binary)):
            for result_format in (0, 1):
                theirs = self.cells(self.oracle, oid, sent, param_format, result_format)
                mine = self.cells(self.ours, oid, sent, param_format, result_format)
                for value, their, my in zip(values, theirs, mine):
                    self.assertEqual(my, their, f"{name} {value} {param_format} {result_format}")

    def check_malformed(self, rows, param_format):
        for name, value in rows:
            with self.subTest(name=name, value=value):
                data = value.encode() if isinstance(value, str) else value
                theirs = self.error(self.oracle, self.oids[name], data, param_format)
                mine = self.error(self.ours, self.oids[name], data, param_format)
                self.assertNotEqual(theirs[0], "accepted")
                self.assertEqual(mine, theirs)

    def test_malformed_text(self):
        self.assertGreater(len(TEXT), 80)
        self.check_malformed(TEXT, 0)

    def test_malformed_binary(self):
        self.check_malformed(BINARY, 1)

    def test_named_portal(self):
        """The context says which parameter of which portal it was."""
        with self.assertRaises(psycopg.errors.InvalidTextRepresentation) as caught:
            self.ours.execute("select %s::int8, %s::int4", [1, "x"])
        self.assertEqual(caught.exception.diag.context, "unnamed portal parameter $2 = '...'")

    def test_bad_value_fails_the_transaction(self):
        for connection in (self.oracle, self.ours):
            connection.execute("begin")
            with self.assertRaises(psycopg.errors.InvalidTextRepresentation):
                connection.execute("select %s::int4", ["x"])
            with self.assertRaises(psycopg.errors.InFailedSqlTransaction):
                connection.execute("select 1")
            connection.execute("rollback")

    def test_date_order_and_zone(self):
        settings = [("datestyle", "ISO, DMY"), ("datestyle", "ISO, YMD"), ("timezone", "Europe/Berlin"),
                    ("timezone", "America/New_York"), ("intervalstyle", "sql_standard")]
        rows = [("date", "1/2/2003"), ("date", "99-01-08"), ("date", "08-Jan-99"),
                ("timestamptz", "2024-07-01 12:00"), ("timestamptz", "2024-03-10 02:30"),
                ("timestamptz", "2024-01-01 12:00 PST"), ("interval", "-1 2:03"),
                ("timetz", "2024-07-01 12:00 America/New_York")]
        for setting, value in settings:
            for connection in (self.oracle, self.ours):
                connection.execute("reset all")
                connection.execute(f"set {setting} to '{value}'")
            for name, text in rows:
                with self.subTest(setting=value, name=name, text=text):
                    answers = [self.error(connection, self.oids[name], text.encode(), 0)
                               for connection in (self.oracle, self.ours)]
                    self.assertEqual(answers[1], answers[0])
        for connection in (self.oracle, self.ours):
            connection.execute("reset all")


def array_text(rng, make):
    def element():
        if rng.random() < 0.15:
            return "NULL"
        return '"' + make(rng).replace("\\", "\\\\").replace('"', '\\"') + '"'

    if rng.random() < 0.1:
        return "{}"
    row = rng.randint(1, 3)
    rows = ["{" + ",".join(element() for _ in range(row)) + "}" for _ in range(rng.randint(1, 3))]
    return rng.choice([rows[0], "{" + ",".join(rows) + "}"])


def same_scale(rng):
    return f"{rng.randint(-10**9, 10**9)}.{rng.randrange(100):02}"


def add(name, make):
    def test_values(self):
        rng = random.Random(SEED)
        self.compare(name, [make(rng).encode() for _ in range(ROUNDS)] + [None])

    def test_arrays(self):
        rng = random.Random(SEED)
        element = same_scale if name == "numeric" else make
        for _ in range(ROUNDS // 3): # each value has a depth of its own
            self.compare("_" + name, [array_text(rng, element).encode()])

    setattr(Reading, f"test_{name}", test_values)
    if name != "varchar": # the engine's list of texts is a text[]
        setattr(Reading, f"test_{name}_arrays", test_arrays)


for type_name, maker in MAKERS.items():
    add(type_name, maker)
