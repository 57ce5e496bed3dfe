"""Both servers, and a client that speaks to them byte by byte, in clear and through TLS."""

import os
import pathlib
import re
import socket
import ssl
import struct

TLS = pathlib.Path(os.environ["TLS"])
PASSWORD = os.environ["TLS_PASSWORD"]
PORTS = {"postgres": int(os.environ["POSTGRES_PORT"]), "wirehouse": int(os.environ["PGPORT"])}

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
GSS_REQUEST = struct.pack("!ii", 8, 80877104)


def startup(user, database="main", version=196608):
    body = struct.pack("!i", version)
    for text in ("user", user, "database", database, ""):
        body += text.encode() + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def context(certificate=None, minimum=None, maximum=None, alpn=None, verify=True):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.load_verify_locations(TLS / "ca.crt")
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if maximum:
        made.set_ciphers("ALL:@SECLEVEL=0")
        made.minimum_version = minimum or ssl.TLSVersion.TLSv1
        made.maximum_version = maximum
    elif minimum:
        made.minimum_version = minimum
    if alpn:
        made.set_alpn_protocols(alpn)
    if certificate:
        made.load_cert_chain(TLS / f"{certificate}.crt", TLS / f"{certificate}.key")
    return made


def alert(error):
    """OpenSSL's words."""
    return re.sub(r"^\[SSL[^]]*\] | \(_ssl.*$", "", str(error))


class Peer:
    """A connection; what the server says is noted, without what is random in it."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(60)
        self.said = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # the server has closed: what it said tells

    def receive(self, size):
        """So many bytes, or None at the end; an alert is noted."""
        data = b""
        while len(data) < size:
            try:
                part = self.socket.recv(size - len(data))
            except ssl.SSLError as error:
                self.said.append(alert(error))
                return None
            except ConnectionResetError:
                part = b""
            if not part:
                self.said.append("closed")
                return None
            data += part
        return data

    def byte(self):
        got = self.receive(1)
        if got:
            self.said.append(got.decode())
        return got

    def secure(self, made=None):
        """False: the handshake has failed."""
        try:
            self.socket = (made or context()).wrap_socket(self.socket, server_hostname="localhost")
            return True
        except ssl.SSLError as error:
            self.said.append(alert(error))
        except OSError:
            self.said.append("closed")
        return False

    def message(self):
        """Its kind, or None at the end."""
        head = self.receive(5)
        if head is None:
            return None
        body = self.receive(struct.unpack("!i", head[1:])[0] - 4) or b""
        kind = head[:1].decode()
        if kind in "EN":
            fields = {part[:1].decode(): part[1:].decode() for part in body.split(b"\0") if part}
            text = re.sub(r"3\.0 to 3\.\d", "3.0 to 3.x", fields["M"])
            self.said.append((fields["S"], fields["C"], text))
        elif kind == "R":
            self.said.append(("R", struct.unpack("!i", body[:4])[0]))
        elif kind == "Z":
            self.said.append("ready")
        return kind

    def drain(self):
        """Up to the end."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass

    def outcome(self):
        """Up to ReadyForQuery, a request of a proof, or the end."""
        while True:
            kind = self.message()
            if kind in (None, "Z") or (kind == "R" and self.said[-1][1] != 0):
                return self.said
