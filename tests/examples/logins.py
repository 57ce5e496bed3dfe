"""Many logins at once, more than there are threads that may block: NAME:PASSWORD... at PORT."""

import concurrent.futures
import sys

import psycopg


def login(pair):
    """The user that the server says it is, or the SQLSTATE of what went wrong."""
    user, password = pair.split(":")
    try:
        with psycopg.connect(host="127.0.0.1", port=sys.argv[1], user=user, password=password,
                             dbname="main") as connection:
            return connection.execute("whoami").fetchone()[0]
    except psycopg.OperationalError as error:
        return "refused" if "password authentication failed" in str(error) else str(error)


with concurrent.futures.ThreadPoolExecutor(40) as pool:
    answers = list(pool.map(login, sys.argv[2:] * 20))
print(*answers[:len(sys.argv) - 2], "all" if answers == answers[:len(sys.argv) - 2] * 20 else answers)
