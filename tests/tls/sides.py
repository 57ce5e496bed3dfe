"""Both servers, and a client that speaks to them byte by byte, in clear and through TLS."""

import os
import pathlib
import re
import ssl
import struct

from login import PROTOCOL_3_0, Connection, fields_of, packet

TLS = pathlib.Path(os.environ["TLS"])
PASSWORD = os.environ["TLS_PASSWORD"]
PORTS = {"postgres": int(os.environ["POSTGRES_PORT"]), "wirehouse": int(os.environ["PGPORT"])}

SSL_REQUEST, GSS_REQUEST = packet(80877103), packet(80877104)


def logged():
    """All that wirehouse has logged."""
    return pathlib.Path(os.environ["WIREHOUSE_LOG"]).read_text()


def startup(user, version=PROTOCOL_3_0):
    return packet(version, (("user", user), ("database", "main")))


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


class Peer(Connection):
    """A connection; what the server says is noted, without what is random in it."""

    def __init__(self, port):
        super().__init__(port)
        self.socket.settimeout(60)
        self.said = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def offer(self, data):
        """A server that has closed does not take it; what it said tells."""
        try:
            self.send_bytes(data)
        except OSError:
            pass

    def receive(self, count):
        """So many bytes, or None at the end, or at an alert, which is noted."""
        try:
            data = super().receive(count)
        except ssl.SSLError as error:
            self.said.append(alert(error))
            return None
        if data is None:
            self.said.append("closed")
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
        kind, body = self.next()
        if kind == b"E":
            fields = fields_of(body)
            text = re.sub(r"3\.0 to 3\.\d", "3.0 to 3.x", fields["M"])
            self.said.append((fields["S"], fields["C"], text))
        elif kind == b"R":
            self.said.append(("R", struct.unpack("!i", body[:4])[0]))
        elif kind == b"Z":
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
            if kind in (None, b"Z") or (kind == b"R" and self.said[-1][1] != 0):
                return self.said
