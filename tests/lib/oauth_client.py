"""libpq 18 with a token at hand: what it asks its application for, this says.

Its own way to a token (the device flow) needs an issuer; the hook is there for all others."""

import ctypes
import pathlib
import re

import psycopg

BEARER_TOKEN = 1  # PQAUTHDATA_OAUTH_BEARER_TOKEN


class Request(ctypes.Structure):
    """PGoauthBearerRequest of libpq-fe.h."""

    _fields_ = [("openid_configuration", ctypes.c_char_p), ("scope", ctypes.c_char_p),
                ("poll", ctypes.c_void_p), ("cleanup", ctypes.c_void_p),
                ("token", ctypes.c_char_p), ("user", ctypes.c_void_p)]


HOOK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Request))


def loaded_libpq():
    """The library that psycopg has loaded; None: it is older than 18."""
    if psycopg.pq.version() < 180000:
        return None
    maps = pathlib.Path("/proc/self/maps").read_text()
    return ctypes.CDLL(re.search(r"/\S*/libpq[^/\s]*\.so\S*", maps).group())


class Hook:
    """Hands out a token, and keeps what it was asked for."""

    def __init__(self):
        self.asked, self.token = [], None  # the token has to outlive the call
        self.function = HOOK(self.answer)
        loaded_libpq().PQsetAuthDataHook(self.function)

    def answer(self, kind, _connection, request):
        if kind != BEARER_TOKEN or self.token is None:
            return 0
        asked = request.contents
        self.asked.append((asked.openid_configuration.decode(), (asked.scope or b"").decode()))
        asked.token = self.token
        return 1

    def connect(self, token, **where):
        """A connection with this token; `asked` says for what it was asked."""
        self.asked, self.token = [], token.encode()
        return psycopg.connect(autocommit=True, oauth_client_id="tests", **where)
