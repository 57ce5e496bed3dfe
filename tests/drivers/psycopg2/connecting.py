"""Connections of psycopg2 to the server under test, and what its cases share."""

import unittest

import psycopg2
from driver_values import ADDRESS, ENUM


def connect(**options):
    return psycopg2.connect(**{**ADDRESS, "dbname": "main", **options})


class Case(unittest.TestCase):
    def setUp(self):
        self.connection = connect()
        self.addCleanup(self.connection.close)
        self.cursor = self.connection.cursor()

    def one(self, sql, params=None):
        self.cursor.execute(sql, params)
        return self.cursor.fetchone()

    def apart(self, *statements):
        """Statements that commit, on a connection of their own."""
        connection = connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    def table(self, name, columns):
        self.apart(f"drop table if exists {name}", f"create table {name} ({columns})")
        self.addCleanup(self.apart, f"drop table if exists {name}")
        self.addCleanup(self.connection.rollback)  # before that: it may hold the table

    def make_mood(self):
        self.apart("drop type if exists mood", ENUM["create"])
        self.addCleanup(self.apart, ENUM["drop"])
        self.addCleanup(self.connection.rollback)
