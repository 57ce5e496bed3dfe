"""Writes the client's bytes of every transcript as a corpus file."""

import importlib.util
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("replay", root / "wire" / "replay.py")
replay = importlib.util.module_from_spec(spec)
spec.loader.exec_module(replay)
names = {"$user": "u", "$database": "main"}
for path in sorted((root / "wire" / "transcripts").glob("*.txt")):
    transcript = replay.Transcript(path)
    lines = [line for client, _ in transcript.steps for line in client]
    data = b"".join(replay.encode(line, names) for line in lines)
    first = b"\x01" if transcript.startup else b"\x00"
    (pathlib.Path(sys.argv[1]) / path.stem).write_bytes(first + data)

# fuzz_value_parse: the OID in two bytes, the format, the value.
OIDS = {"bool": 16, "bytea": 17, "int8": 20, "int2": 21, "int4": 23, "text": 25, "oid": 26, "json": 114,
        "float4": 700, "float8": 701, "date": 1082, "time": 1083, "timestamp": 1114, "timestamptz": 1184,
        "interval": 1186, "timetz": 1266, "bit": 1560, "varbit": 1562, "numeric": 1700, "uuid": 2950,
        "jsonb": 3802, "name": 19, "varchar": 1043, "_int4": 1007, "_text": 1009, "_date": 1182}
GOOD = [("date", "2024-02-29 BC"), ("date", "Feb 29, 2024"), ("timestamptz", "20240229T040506.7 PST"),
        ("timestamp", "infinity"), ("time", "04:05:06.789 PM"), ("timetz", "allballs"), ("numeric", "-1.50e-3"),
        ("interval", "1 year -2 mons 3.5 days 04:05:06.7 ago"), ("interval", "P1Y2M3DT4H5M6.7S"),
        ("_int4", "[0:1][1:2]={{1,NULL},{3,4}}"), ("_text", '{a,"b\\"c",NULL}'), ("json", '{"a":[1,"\\u00e9"]}'),
        ("float8", "1.5e300"), ("uuid", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"), ("varbit", "x1f"),
        ("bytea", "\\x00ff"), ("int8", " -9223372036854775808 "), ("bool", "yes")]
spec = importlib.util.spec_from_file_location("malformed", root / "params" / "malformed.py")
malformed = importlib.util.module_from_spec(spec)
spec.loader.exec_module(malformed)
values = [(name, 0, text.encode()) for name, text in GOOD + malformed.TEXT]
values += [(name, 1, data) for name, data in malformed.BINARY]
for number, (name, form, data) in enumerate(values):
    path = pathlib.Path(sys.argv[1]) / f"value-{number}"
    path.write_bytes(OIDS[name].to_bytes(2, "little") + bytes([form]) + data)

# fuzz_startup: how it is asked (fuzz/startup_host.h), the length of the pieces, a packet, messages.
sys.path.insert(0, str(root / "lib"))
from login import message, packet  # noqa: E402

SCRAM_FIRST = b"n,,n=,r=rOprNGfwEbeRWgbNEkqO"
BEARER = b"n,,\x01auth=Bearer token.u\x01\x01"


def choice(name, first):
    return message(name + b"\0" + len(first).to_bytes(4, "big") + first)


WHO = packet(196608, (("user", "u"), ("database", "main")))
LATER = packet(3 << 16 | 9999, (("user", "u"), ("options", "-c DateStyle=ISO"), ("_pq_.grease", "1")))
SSL, GSSENC = packet(80877103), packet(80877104)
CANCEL = packet(80877102)[:3] + b"\x10" + packet(80877102)[4:] + bytes(8)
STARTUPS = {
    "password": (0, [WHO, message(b"pencil\0")]), "md5": (1, [LATER, message(b"md5" + b"0" * 32 + b"\0")]),
    "scram": (2, [WHO, choice(b"SCRAM-SHA-256", SCRAM_FIRST), message(b"c=biws,r=rOprNGfwEbeRWgbNEkqO,p=AAAA")]),
    "scram-late": (2, [WHO, message(b"SCRAM-SHA-256\0\xff\xff\xff\xff"), message(SCRAM_FIRST)]),
    "plus": (2 | 8, [SSL, WHO, choice(b"SCRAM-SHA-256-PLUS", b"p=tls-server-end-point" + SCRAM_FIRST[1:])]),
    "unknown": (2 | 32, [LATER, choice(b"SCRAM-SHA-256", SCRAM_FIRST)]),
    "oauth": (3 | 8 | 64, [SSL, WHO, choice(b"OAUTHBEARER", BEARER), message(b"\x01")]),
    "oauth-unix": (6 | 16, [WHO, message(b"OAUTHBEARER\0\xff\xff\xff\xff"), message(BEARER), message(b"\x01")]),
    "certificate": (4 | 8, [GSSENC, SSL, WHO]), "cancel": (2, [CANCEL]), "query": (2, [WHO, message(b"select 1\0", b"Q")]),
    "version": (2, [packet(2 << 16)]), "tls": (2 | 8, [bytes.fromhex("16030100c8010000c40303")]),
}
for name, (flags, sent) in STARTUPS.items():
    for piece in (0, 255):
        (pathlib.Path(sys.argv[1]) / f"startup-{name}-{piece}").write_bytes(bytes([flags, piece]) + b"".join(sent))

# fuzz_jwt: a token, a header and claims, a set of keys.
HEADER = b'{"alg":"EdDSA","typ":"JWT","kid":"1"}'
CLAIMS = b'{"iss":"i","aud":["a","b"],"exp":2000000,"nbf":1,"iat":1.5e1,"sub":"\\u00e9","scope":"s t","scp":["s"]}'
KEYS = (b'{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"1"},'
        b'{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",'
        b'"y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","use":"sig","key_ops":["verify"],"alg":"ES256"},'
        b'{"kty":"RSA","n":"ofgW","e":"AQAB"}]}')
TOKEN = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc." + b"h" * 86
for name, data in {"token": b"\0" + TOKEN, "claims": b"\1" + HEADER + b"\0" + CLAIMS, "keys": b"\2" + KEYS}.items():
    (pathlib.Path(sys.argv[1]) / f"jwt-{name}").write_bytes(data)

# Files that say who may connect.
access = {"users": '"a" "b"\n"x""y" "" "writer" ; c\n# d\n',
          "rules": 'local all all peer map=m\nhost "main",@f +a 10.0.0.0/8 md5 role=reader\n'
                   "hostssl all x ::1 ffff:: cert clientcert=verify-full\nhost all all samenet reject\n",
          "ident": "m root a # b\n", "basic": "Basic YTpi"}
for name, text in access.items():
    (pathlib.Path(sys.argv[1]) / f"access-{name}").write_text(text)
