"""A login with a token, in a file, by libpq 18: bearer.py PORT TOKEN."""

import pathlib
import re
import sys

import psycopg

sys.path.insert(0, "tests/lib")
import oauth_client

hook = oauth_client.Hook()
try:
    with hook.connect(pathlib.Path(sys.argv[2]).read_text(), host="localhost", port=sys.argv[1], user="ada",
                      dbname="main", sslmode="require", oauth_issuer="https://issuer.example") as connection:
        print(*connection.execute("whoami").fetchone(), hook.asked[0][1])
except psycopg.OperationalError as error:
    print(re.search("FATAL.*", str(error)).group())
