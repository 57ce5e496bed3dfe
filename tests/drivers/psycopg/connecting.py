"""Connections of psycopg to the server under test, and what its cases share."""

import enum
import unittest

import psycopg
from driver_values import ADDRESS, ENUM, LABELS
from psycopg.types import TypeInfo
from psycopg.types.enum import EnumInfo, register_enum

Mood = enum.Enum("Mood", {label: label for label in LABELS})
OPTIONS = {**ADDRESS, "dbname": "main", "autocommit": True}


def connect(**options):
    return psycopg.connect(**{**OPTIONS, **options})


async def connect_async(**options):
    return await psycopg.AsyncConnection.connect(**{**OPTIONS, **options})


def register(connection, oid, array_oid):
    """What fetch() of these would ask the catalogue for, from what results say of themselves."""
    register_enum(EnumInfo("mood", oid, array_oid, LABELS), connection, Mood,
                  mapping={mood: mood.value for mood in Mood})
    TypeInfo("varbit", 1562, 1563).register(connection)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with connect() as connection:
            connection.execute("drop type if exists mood")
            connection.execute(ENUM["create"])
            described = connection.execute("select null::mood, null::mood[]").description
        cls.mood_oids = [column.type_code for column in described]

    @classmethod
    def tearDownClass(cls):
        with connect() as connection:
            connection.execute(ENUM["drop"])

    def setUp(self):
        self.connection = connect()
        self.addCleanup(self.connection.close)

    def one(self, sql, params=None, binary=False):
        return self.connection.execute(sql, params, binary=binary).fetchone()

    def table(self, name, columns):
        """A table that goes when the case ends."""
        self.connection.execute(f"drop table if exists {name}")
        self.connection.execute(f"create table {name} ({columns})")
        self.addCleanup(self.drop, f"drop table if exists {name}")

    def drop(self, sql):
        with connect() as connection:
            connection.execute(sql)

    def fails(self, error_class, sql, params=None):
        """The error that a statement ends with."""
        with self.assertRaises(error_class) as caught:
            self.connection.execute(sql, params)
        return caught.exception
