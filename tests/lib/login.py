"""A login, message by message, and what the server says to it."""

import socket
import struct

PROTOCOL_3_0 = 196608


def packet(code, pairs=()):
    """A start-up packet: of a version, or of another request."""
    body = struct.pack("!I", code)
    if pairs:
        body += b"".join(text.encode() + b"\0" for pair in pairs for text in pair) + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def message(body, kind=b"p"):
    return kind + struct.pack("!i", len(body) + 4) + body


def fields_of(body):
    """An ErrorResponse by its fields' letters."""
    return {field[:1].decode(): field[1:].decode() for field in body.split(b"\0") if field}


class Connection:
    """Bytes and messages, without a start-up of its own."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(20)

    def close(self):
        self.socket.close()

    def send_bytes(self, data):
        self.socket.sendall(data)

    def send(self, body, kind=b"p"):
        self.send_bytes(message(body, kind))

    def receive(self, count):
        """So many bytes; None: the connection is closed before."""
        data = b""
        while len(data) < count:
            try:
                part = self.socket.recv(count - len(data))
            except ConnectionResetError:
                return None
            if not part:
                return None
            data += part
        return data

    def next(self):
        """The next message: its kind, its body; None: the connection is closed."""
        head = self.receive(5)
        if head is None:
            return None, b""
        body = self.receive(struct.unpack("!i", head[1:])[0] - 4)
        return (None, b"") if body is None else (head[:1], body)


class Client(Connection):
    """One login; what the server says is noted, without what is random in it."""

    def __init__(self, port, database, user):
        super().__init__(port)
        self.said = []
        self.send_bytes(packet(PROTOCOL_3_0, (("user", user), ("database", database))))

    def next(self):
        kind, body = super().next()
        if kind is None:
            self.said.append("closed")
        return kind, body

    def request(self, known=(0, 3, 10)):
        """What the server asks for; of known requests all of it is noted."""
        kind, body = self.next()
        if kind == b"E":
            fields = fields_of(body)
            self.said.append({name: fields.get(name) for name in "SCMD"})
        elif kind == b"R":
            code, data = struct.unpack("!i", body[:4])[0], body[4:]
            self.said.append((code, data if code in known else len(data)))
            return code, data
        elif kind is not None:
            self.said.append(kind)
        return None, b""
