"""Random walks of FETCH and MOVE: every step answers what PostgreSQL answers."""

import os
import random
import unittest

import sides

STEPS = 100000 if os.environ.get("WIREHOUSE_FULL") else 20000
# More rows than the engine has in a batch, as many, few, one, none.
SIZES = (5000, 2048, 2049, 7, 1, 0)


def query(size):
    return (f"select i::int4 as i, 'v' || i::text as t, case when i % 3 = 0 then null else i * 0.5::float8 end as f, "
            f"array[i::int4, null] as a from generate_series(1, {size}) as g(i)")


def count(chance, size):
    near = chance.choice((0, 1, 2, 3, 10, 100, size, size - 1, size + 1, size // 2))
    return chance.choice((near, -near))


def direction(chance, size):
    words = chance.choice(("next", "prior", "first", "last", "absolute {}", "relative {}", "{}", "all",
                           "forward", "forward {}", "forward all", "backward", "backward {}",
                           "backward all", ""))
    return words.format(count(chance, size))


def step(chance, name, size):
    verb = chance.choice(("fetch", "fetch", "move"))
    where = direction(chance, size)
    between = chance.choice((" from ", " in ", " ")) if where else chance.choice((" from ", " "))
    return f"{verb} {where}{between}{name}"


def declaration(chance, name, size):
    scroll = chance.choice(("scroll", "scroll", "no scroll"))
    binary = chance.choice(("", "binary"))
    hold = chance.choice(("", "with hold", "without hold"))
    return f"declare {name} {binary} {scroll} cursor {hold} for {query(size)}"


class Walk(unittest.TestCase):
    def setUp(self):
        self.ours, self.theirs = sides.wirehouse(), sides.postgres()
        self.said = []

    def tearDown(self):
        self.ours.close()
        self.theirs.close()

    def both(self, sql):
        self.said = self.said[-40:] + [sql]
        ours, theirs = self.ours.ask(sql), self.theirs.ask(sql)
        if ours != theirs:
            self.fail("\n".join(self.said) + f"\nours:   {str(ours)[:400]}\ntheirs: {str(theirs)[:400]}")
        return ours

    def begin(self, chance, cursors):
        """A transaction with cursors of its own; those that are held stay."""
        self.both("begin")
        for name in "abc":
            if name not in cursors and chance.random() < 0.8:
                size = chance.choice(SIZES)
                if self.both(declaration(chance, name, size))[0] == "DECLARE CURSOR":
                    cursors[name] = size

    def end(self, chance, cursors):
        self.both(chance.choice(("commit", "rollback")))
        for name in list(cursors):
            if self.both(f"move 0 from {name}")[0] == "34000":
                del cursors[name]

    def fail_over(self, name, cursors):
        """PostgreSQL takes a cursor on which a FETCH has failed for broken; ours may go on."""
        self.both("rollback")
        self.both(f"close {name}")
        for other in list(cursors):
            if self.both(f"move 0 from {other}")[0] == "34000":
                del cursors[other]

    def walk(self, seed):
        chance = random.Random(seed)
        cursors = {}
        self.begin(chance, cursors)
        for _ in range(STEPS // 10):
            name = chance.choice("abc")
            outcome = self.both(step(chance, name, cursors.get(name, 3)))
            if len(outcome) == 2:
                self.fail_over(name, cursors)
                self.begin(chance, cursors)
            elif chance.random() < 0.02:
                self.end(chance, cursors)
                self.begin(chance, cursors)
            elif chance.random() < 0.03:
                self.both("select count(*) from generate_series(1, 10) as g(i)")
            elif chance.random() < 0.02:
                failed = len(self.both(f"close {name}")) == 2
                cursors.pop(name, None)
                if failed:
                    self.end(chance, cursors)
                    self.begin(chance, cursors)


def add_walk(seed):
    setattr(Walk, f"test_{seed:02}", lambda self: self.walk(seed))


for number in range(10):
    add_walk(number)
