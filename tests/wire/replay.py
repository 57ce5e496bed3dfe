#!/usr/bin/env python3
"""Replays protocol transcripts: see README.md for the format.

    replay.py --connect HOST:PORT --engine NAME --database DB --user USER FILE...
    replay.py --drive PROGRAM FILE...          in memory, on the fake engine
    replay.py … --differences FILE ...         those named in it have to differ
    replay.py --record HOST:PORT ... FILE...   rewrite the expectations (of PostgreSQL)

Closes with "N passed, N failed, N skipped".
"""

import argparse
import ast
import pathlib
import re
import select
import socket
import struct
import subprocess
import sys
import tempfile

TIMEOUT = 20
TYPES = {16: "bool", 17: "bytea", 20: "int8", 21: "int2", 23: "int4", 25: "text", 114: "json",
         700: "float4", 701: "float8", 1043: "varchar", 1082: "date", 1083: "time",
         1114: "timestamp", 1184: "timestamptz", 1700: "numeric", 2950: "uuid", 1000: "_bool",
         1005: "_int2", 1007: "_int4", 1009: "_text", 1016: "_int8", 1022: "_float8"}
OIDS = {name: oid for oid, name in TYPES.items()}
AUTH = {0: "Ok", 3: "CleartextPassword"}
PLAIN = {"1": "ParseComplete", "2": "BindComplete", "3": "CloseComplete", "n": "NoData",
         "s": "PortalSuspended", "I": "EmptyQueryResponse", "c": "CopyDone"}
FORMATS = {"text": 0, "binary": 1}


# ---- the format ----

TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(\[)|(\])|([^\s\[\]]+))')


def split(line):
    """Words, "strings" as bytes, [lists]."""
    stack = [[]]
    for match in TOKEN.finditer(line):
        text, opens, closes, word = match.groups()
        if opens:
            stack.append([])
        elif closes:
            done = stack.pop()
            stack[-1].append(done)
        elif word is not None:
            stack[-1].append(word)
        else:
            stack[-1].append(ast.literal_eval(f'"{text}"').encode())
    return stack[0]


class Transcript:
    """A file: comment lines, `engines:`, and steps of client lines and server lines."""

    def __init__(self, path):
        self.path = path
        self.head = []
        self.engines = ["postgres", "duckdb", "fake"]
        self.startup = True
        self.steps = []  # (client lines, server lines)
        for line in path.read_text().splitlines():
            self.read(line)

    def read(self, line):
        if line.startswith("> "):
            if not self.steps or self.steps[-1][1]:
                self.steps.append(([], []))
            self.steps[-1][0].append(line[2:])
        elif line.startswith("< "):
            self.steps[-1][1].append(line[2:])
        elif not self.steps:
            self.head.append(line)
            if line.startswith("engines:"):
                self.engines = line.split()[1:]
            if line.startswith("startup: none"):
                self.startup = False

    def write(self):
        lines = list(self.head)
        for client, server in self.steps:
            lines += [f"> {line}" for line in client] + [f"< {line}" for line in server]
        self.path.write_text("\n".join(lines) + "\n")


# ---- client messages ----


def cstring(text):
    return (text if isinstance(text, bytes) else text.encode()) + b"\0"


def message(kind, body=b""):
    return kind.encode() + struct.pack("!i", len(body) + 4) + body


def startup_packet(version, pairs):
    pairs = [pair.decode() if isinstance(pair, bytes) else pair for pair in pairs]
    body = b"".join(cstring(part) for pair in pairs for part in pair.split("=", 1)) + b"\0"
    major, minor = version.split(".")
    head = struct.pack("!HH", int(major), int(minor))
    return struct.pack("!i", len(body) + 8) + head + body


def shorts(values):
    numbers = [FORMATS.get(value, value) for value in values]
    return struct.pack(f"!H{len(numbers)}h", len(numbers), *[int(n) for n in numbers])


def parameter(value):
    if value == "null":
        return struct.pack("!i", -1)
    if isinstance(value, str) and value.startswith("hex:"):
        value = bytes.fromhex(value[4:])
    return struct.pack("!i", len(value)) + value


def bind(portal, statement, formats, values, results):
    return message("B", cstring(portal) + cstring(statement) + shorts(formats)
                   + struct.pack("!H", len(values)) + b"".join(map(parameter, values))
                   + shorts(results))


def parse(name, sql, oids=()):
    numbers = [OIDS.get(oid, oid) for oid in oids]
    return message("P", cstring(name) + cstring(sql)
                   + struct.pack(f"!H{len(numbers)}I", len(numbers), *[int(n) for n in numbers]))


ENCODERS = {
    "Startup": lambda version, *pairs: startup_packet(version, pairs),
    "SSLRequest": lambda: struct.pack("!ii", 8, 80877103),
    "GSSENCRequest": lambda: struct.pack("!ii", 8, 80877104),
    "CancelRequest": lambda pid, key: struct.pack("!iiiI", 16, 80877102, int(pid), int(key)),
    "Query": lambda sql: message("Q", cstring(sql)),
    "Parse": parse,
    "Bind": bind,
    "Describe": lambda kind, name: message("D", kind.encode() + cstring(name)),
    "Close": lambda kind, name: message("C", kind.encode() + cstring(name)),
    "Execute": lambda name, rows="0": message("E", cstring(name) + struct.pack("!i", int(rows))),
    "Flush": lambda: message("H"),
    "Sync": lambda: message("S"),
    "Terminate": lambda: message("X"),
    "CopyData": lambda data: message("d", data),
    "CopyDone": lambda: message("c"),
    "CopyFail": lambda text: message("f", cstring(text)),
    "Password": lambda text: message("p", cstring(text)),
    "FunctionCall": lambda: message("F", struct.pack("!IHHh", 1, 0, 0, 0)),
    "raw": lambda *words: bytes.fromhex("".join(words)),
}


def encode(line, names):
    words = split(line)
    for key, value in names.items():
        words = [w.replace(key, value) if isinstance(w, str) else w for w in words]
    return ENCODERS[words[0]](*words[1:])


# ---- server messages ----


def take_string(body, at):
    end = body.index(b"\0", at)
    return body[at:end].decode(), end + 1


def quote(data):
    text = data.decode("utf-8", "replace")
    if "\ufffd" in text or any(ord(c) < 32 for c in text):
        return "hex:" + data.hex()
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def render_columns(body):
    at, columns = 2, []
    for _ in range(struct.unpack_from("!H", body)[0]):
        name, at = take_string(body, at)
        _, _, oid, size, typmod, code = struct.unpack_from("!IHIhih", body, at)
        at += 18
        typmod = f"({typmod})" if typmod != -1 else ""
        columns.append(f'"{name}" {TYPES.get(oid, oid)}{typmod}/{size}/{code}')
    return "RowDescription " + ", ".join(columns)


def render_row(body):
    at, cells = 2, []
    for _ in range(struct.unpack_from("!H", body)[0]):
        size = struct.unpack_from("!i", body, at)[0]
        at += 4
        cells.append("null" if size < 0 else quote(body[at:at + size]))
        at += max(size, 0)
    return " ".join(["DataRow", *cells])


def render_error(name, body):
    """Severity, SQLSTATE and position; the words are each server's own."""
    at, fields = 0, {}
    while body[at]:
        code = chr(body[at])
        fields[code], at = take_string(body, at + 1)
    assert fields["S"] == fields["V"] and fields["M"], fields
    position = f" at {fields['P']}" if "P" in fields else ""
    return f"{name} {fields['S']} {fields['C']}{position}"


def render_negotiate(body):
    newest, count = struct.unpack_from("!ii", body)
    at, names = 8, []
    for _ in range(count):
        name, at = take_string(body, at)
        names.append(name)
    return " ".join(["NegotiateProtocolVersion", str(newest & 0xFFFF), *names])


def render_copy(body):
    """The overall format, then each column's."""
    return " ".join([str(body[0]), *map(str, struct.unpack_from(f"!{(len(body) - 3) // 2}h", body, 3))])


def quote_lines(data):
    """Copied data that is text keeps its tabs and newlines as \\t and \\n."""
    shown = quote(data.replace(b"\t", b"").replace(b"\n", b""))
    if shown.startswith("hex:"):
        return "hex:" + data.hex()
    return quote(data.replace(b"\t", "\ue000".encode()).replace(b"\n", "\ue001".encode())).replace(
        "\ue000", "\\t").replace("\ue001", "\\n")


def render(kind, body):
    if kind in PLAIN:
        return PLAIN[kind]
    if kind == "T":
        return render_columns(body)
    if kind == "D":
        return render_row(body)
    if kind == "C":
        return f"CommandComplete {quote(body[:-1])}"
    if kind == "Z":
        return f"ReadyForQuery {chr(body[0])}"
    if kind == "E":
        return render_error("ErrorResponse", body)
    if kind == "N":
        return render_error("NoticeResponse", body)
    if kind == "R":
        return f"Authentication{AUTH.get(struct.unpack('!i', body[:4])[0], body.hex())}"
    if kind == "S":
        name, at = take_string(body, 0)
        return f"ParameterStatus {name} {quote(take_string(body, at)[0].encode())}"
    if kind == "K":
        return f"BackendKeyData {len(body)}"
    if kind == "t":
        oids = struct.unpack_from(f"!{struct.unpack_from('!H', body)[0]}I", body, 2)
        return " ".join(["ParameterDescription", *[str(TYPES.get(o, o)) for o in oids]])
    if kind == "v":
        return render_negotiate(body)
    if kind == "A":  # process ids are each server's own
        channel, at = take_string(body, 4)
        payload, at = take_string(body, at)
        assert at == len(body), body
        return f"NotificationResponse {quote(channel.encode())} {quote(payload.encode())}"
    if kind in ("G", "H"):
        return f"Copy{'In' if kind == 'G' else 'Out'}Response {render_copy(body)}"
    if kind == "d":
        return f"CopyData {quote_lines(body)}"
    return f"{kind} {body.hex()}"


class Answers:
    """The server's bytes as messages; one byte answers an SSLRequest."""

    def __init__(self, read):
        self.read = read  # () -> bytes, b"" at the end
        self.data = b""
        self.greeting = []
        self.single_bytes = 0

    def need(self, size):
        while len(self.data) < size:
            more = self.read()
            if not more:
                return False
            self.data += more
        return True

    def next(self):
        """The next message; a greeting is one; None at the end."""
        while True:
            line = self.next_raw()
            if line is None:
                return None
            if line == "AuthenticationOk" or (self.greeting and not line.startswith("Err")
                                              and not line.startswith("Notice")):
                self.greeting.append(line)
                if line.startswith("ReadyForQuery"):
                    names = [part.split()[0] for part in self.greeting]
                    key = next(part for part in self.greeting if part.startswith("Backend"))
                    assert names[-2:] == ["BackendKeyData", "ReadyForQuery"], names
                    assert set(names[1:-2]) == {"ParameterStatus"}, names
                    self.greeting = []
                    return f"Greeting {key} {line[-1]}"
                continue
            self.greeting = []
            return line

    def next_raw(self):
        if not self.need(1):
            return None
        if self.single_bytes:
            self.single_bytes -= 1
            byte, self.data = self.data[:1], self.data[1:]
            return f"byte {byte.decode()}"
        size = struct.unpack_from("!i", self.data, 1)[0] if self.need(5) else 4
        if not self.need(size + 1):
            cut, self.data = self.data, b""
            return f"cut off: {cut.hex()}"
        kind, body = chr(self.data[0]), self.data[5:size + 1]
        self.data = self.data[size + 1:]
        return render(kind, body)


def encryption_requests(lines):
    return sum(line in ("SSLRequest", "GSSENCRequest") for line in lines)


# ---- players ----

OPENING = 'Startup 3.0 user=$user database=$database'
GREETING = "Greeting BackendKeyData 8 I"


POSITION = re.compile(r" at \d+$")


def equal(got, wanted):
    """A position counts where both have one."""
    if POSITION.search(got) and POSITION.search(wanted):
        return got == wanted
    return POSITION.sub("", got) == POSITION.sub("", wanted)


def compare(transcript, answers, send):
    """None, or what went wrong."""
    steps = [([OPENING], [GREETING])] if transcript.startup else []
    for client, server in steps + transcript.steps:
        answers.single_bytes += encryption_requests(client)
        send(client)
        for number, wanted in enumerate(server, 1):
            got = answers.next()
            if got is None:
                got = "closed"
            if not equal(got, wanted):
                return f"{client[-1]}: answer {number}\n    expected {wanted}\n    got      {got}"
    return None


class Connection:
    def __init__(self, address, names):
        host, port = address.rsplit(":", 1)
        if host.startswith("/"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(f"{host}/.s.PGSQL.{port}")
        else:
            self.socket = socket.create_connection((host, int(port)))
        self.socket.settimeout(TIMEOUT)
        self.names = names

    def send(self, lines):
        data = b"".join(encode(line, self.names) for line in lines)
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # the server has closed: its answers tell

    def receive(self):
        try:
            return self.socket.recv(65536)
        except ConnectionResetError:
            return b""


def play(transcript, options):
    connection = Connection(options.connect, options.names)
    with connection.socket:
        return compare(transcript, Answers(connection.receive), connection.send)


def client_bytes(transcript, names):
    lines = [OPENING] if transcript.startup else []
    lines += [line for client, _ in transcript.steps for line in client]
    return b"".join(encode(line, names) for line in lines), lines


def drive(transcript, options):
    """In memory: the whole at once, then byte by byte and cut everywhere, then refused memory."""
    data, lines = client_bytes(transcript, options.names)
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        whole = subprocess.run([options.drive, file.name], capture_output=True, check=False)
        if whole.returncode:
            return whole.stderr.decode()
        pieces = [whole.stdout, b""]
        answers = Answers(lambda: pieces.pop(0) if pieces else b"")
        answers.single_bytes = 0
        failure = compare(transcript, answers, lambda lines: None)
        if failure:
            return failure
        for way in "--cut", "--starve":
            run = subprocess.run([options.drive, way, file.name], capture_output=True, check=False)
            if run.returncode:
                return f"{way}: " + (run.stdout + run.stderr).decode()[-4000:]
    return None


def record(transcript, options):
    """Take down what the server says; a step ends when it has been quiet for a while."""
    connection = Connection(options.connect, options.names)

    def receive():
        quiet = not select.select([connection.socket], [], [], 0.15)[0]
        return b"" if quiet else connection.receive()

    answers = Answers(receive)
    if transcript.startup:
        connection.send([OPENING])
        while answers.next():
            pass
    for client, server in transcript.steps:
        answers.single_bytes += encryption_requests(client)
        connection.send(client)
        server[:] = iter(answers.next, None)
        if select.select([connection.socket], [], [], 0)[0] and not connection.receive():
            server.append("closed")
            break
    transcript.write()


def takes_part(engine, engines):
    """What PostgreSQL 15 judges is asked of 18, too."""
    return engine in engines or (engine == "postgres18" and "postgres" in engines)


def allowed_differences(path):
    """The transcripts that a later version answers otherwise, and what is other."""
    lines = path.read_text().splitlines() if path else []
    return dict(line.split(None, 1) for line in lines if line and not line.startswith("#"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--connect")
    parser.add_argument("--drive")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--engine", default="fake")
    parser.add_argument("--user", default="postgres")
    parser.add_argument("--database", default="main")
    parser.add_argument("--differences", type=pathlib.Path)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    options.names = {"$user": options.user, "$database": options.database}
    differs = allowed_differences(options.differences)
    passed = failed = skipped = 0
    for path in sorted(options.files):
        transcript = Transcript(path)
        if options.record:
            record(transcript, options)
            continue
        if not takes_part(options.engine, transcript.engines):
            skipped += 1
            continue
        failure = (drive if options.drive else play)(transcript, options)
        if not any(server for _, server in transcript.steps):
            failure = "it expects nothing"
        if path.stem in differs:
            failure = None if failure else f"no difference any more: {differs[path.stem]}"
        if failure:
            print(f"FAILED {path.stem} on {options.engine}: {failure}")
        passed += not failure
        failed += bool(failure)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
