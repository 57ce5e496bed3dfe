"""Random values in every style: DateStyle, TimeZone, IntervalStyle, extra_float_digits and
bytea_output change text as they do in PostgreSQL, and leave binary alone."""

import itertools
import math
import os
import random
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both import Both, sent  # noqa: E402

SEED = 31_415
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu",
         "Africa/Monrovia", "Pacific/Apia", "Australia/Lord_Howe", "Europe/Dublin", "Asia/Tehran",
         "<+03>-03", "-5", "gmt"]
DAY = 86_400_000_000
FIRST, LAST = -211_813_488_000_000_000 + DAY, 9_223_371_331_200_000_000 - 47 * 366 * DAY  # BC 4713 to 294247


def moments(rng, count):
    """Since 2000, in microseconds: all of time, our time, round ones, and both infinities."""
    wide = [rng.randint(FIRST, LAST) for _ in range(count)]
    near = [rng.randint(-3 * 10**15, 4 * 10**15) // 10**k * 10**k for k in (0, 3, 6) for _ in range(count)]
    return wide + near + [2**63 - 1, -2**63, 0, -1]


def changes(zone_changes, rng):
    """Moments within seconds of a change of the clock."""
    return [(change - 946_684_800) * 1_000_000 + rng.choice([-1, 0, 1, -3_600_000_000, 3_599_999_999])
            for change in zone_changes]


def intervals(rng, count):
    def some(most):
        return rng.choice([0, 0, 1, -1, rng.randint(-most, most)])
    values = [(some(40), some(40), rng.choice([0, some(60) * 1_000_000, some(60) * 60_000_000,
                                               some(100) * 3_600_000_000, some(10**11),
                                               some(3) * 1_000_000 + some(999_999)]))
              for _ in range(count)]
    values += [(rng.randint(-10**8, 10**8), rng.randint(-10**8, 10**8), rng.randint(-2**59, 2**59))
               for _ in range(count // 4)]
    return values


def numbers(rng, count, form):
    size = struct.calcsize(form)
    values = [struct.unpack(form, rng.randbytes(size))[0] for _ in range(count)]
    values = [v for v in values if not math.isnan(v)]
    values += [rng.uniform(-1000, 1000) for _ in range(count)] + [rng.randint(-10**6, 10**6) / 8 for _ in range(count)]
    return values + [0.0, -0.0, 0.1, 1e15, 1e16, 123456.5, 999999.5, math.inf, -math.inf, math.nan]


class Styles(Both):
    def tearDown(self):
        for name in ("DateStyle", "TimeZone", "IntervalStyle", "extra_float_digits", "bytea_output"):
            self.both(f"reset {name}")

    def compare(self, name, values, what=""):
        self.same_cells(name, self.oids[name], [sent(name, value) for value in values], what)

    def test_dates(self):
        rng = random.Random(SEED)
        days = [rng.randint(-2_451_507, 2_145_031_948 // 1000) for _ in range(150)]
        days += [rng.randint(-40_000, 20_000) for _ in range(50)] + [2**31 - 1, -2**31]
        for style, order in itertools.product(["ISO", "SQL", "Postgres", "German"], ["MDY", "DMY", "YMD"]):
            self.both(f"set DateStyle = '{style}, {order}'")
            self.compare("date", days, f"{style} {order}")
            self.compare("timestamp", moments(rng, 50), f"{style} {order}")

    def test_zones(self):
        rng = random.Random(SEED)
        for zone in ZONES:
            self.both(f"set TimeZone = '{zone}'")
            self.assertEqual(self.ours.execute("show TimeZone").fetchone(),
                             self.oracle.execute("show TimeZone").fetchone())
            found = self.oracle.execute(
                "select e from generate_series(-4000000000, 7000000000, 43200) e where extract(timezone from "
                "to_timestamp(e)) <> extract(timezone from to_timestamp(e + 43200))").fetchall()
            edges = [rng.randint(low, low + 43_200) for (low,) in found]
            for style in ("ISO", "SQL, DMY", "Postgres", "German"):
                self.both(f"set DateStyle = '{style}'")
                self.compare("timestamptz", moments(rng, 40) + changes(edges, rng), f"{style} in {zone}")

    def test_times(self):
        rng = random.Random(SEED)
        times = [rng.randint(0, DAY) // 10**k * 10**k for k in (0, 3, 6) for _ in range(60)] + [0, DAY]
        self.compare("time", times)
        offsets = [0, 3600, -3600, 19_800, 57_599, -57_599, 90, -12_600]
        self.compare("timetz", [(time, rng.choice(offsets)) for time in times])

    def test_intervals(self):
        rng = random.Random(SEED)
        for style in ("postgres", "postgres_verbose", "sql_standard", "iso_8601"):
            self.both(f"set IntervalStyle = '{style}'")
            self.compare("interval", intervals(rng, 400), style)

    def test_floats(self):
        rng = random.Random(SEED)
        for digits in range(-15, 4):
            self.both(f"set extra_float_digits = {digits}")
            self.compare("float8", numbers(rng, 60, "d"), digits)
            singles = [v for v in numbers(rng, 60, "f") if not 3.4e38 < abs(v) < math.inf]
            self.compare("float4", singles, digits)

    def test_bytea(self):
        rng = random.Random(SEED)
        values = [rng.randbytes(rng.randrange(40)) for _ in range(100)] + [bytes(range(256)), b"", b"\\", b"a\0b"]
        for style in ("hex", "escape"):
            self.both(f"set bytea_output = '{style}'")
            self.compare("bytea", values, style)
