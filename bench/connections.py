"""What a connection costs, from connect to Terminate: without a password, by SCRAM-SHA-256, through
TLS 1.3, and both. Beside them a bare loop of OpenSSL's handshakes, what a proof costs by itself,
PostgreSQL 15 and, in clear, the crate pgwire; the contestants alternate, the median counts. Then
what an idle client takes, in clear and through TLS. `--quick` takes fewer rounds."""

import os
import pathlib
import re
import subprocess

import statements
from servers import BUILD, Field, Server, free_port, start_program, wait_for

CLIENTS = "8"
PASSWORD = "pencil"
IDLE = 2000


def connect(how, server, password=None):
    """Connections per second, microseconds of the server's CPU for each."""
    command = [BUILD / "bench/connect", how, str(server.port), CLIENTS, statements.SECONDS, str(server.pid)]
    out = subprocess.run(command + ([password] if password else []), capture_output=True, text=True, check=True).stdout
    return tuple(map(float, re.match(r"(\d+) requests/s, ([\d.]+) us", out).groups()))


def make_certificate(work):
    """Of 2048 bits, as most have."""
    paths = work / "server.crt", work / "server.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2",
                    "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
    paths[1].chmod(0o600)
    return paths


def start(name, *command):
    port = free_port()
    process = subprocess.Popen([str(word).replace("PORT", str(port)) for word in command], stdout=subprocess.DEVNULL)
    wait_for(port)
    return Server(name, port, process.pid)


def start_wirehouse(name, certificate, key, *options):
    return start(name, BUILD / "wirehouse", "serve", "--pg", "127.0.0.1:PORT", "--http", f"127.0.0.1:{free_port()}",
                 "--log-level", "error", "--tls-cert", certificate, "--tls-key", key, *options)


def secure_postgres(work, server, certificate, key):
    data = work / "postgres/d"
    for path in (certificate, key):
        copy = data / path.name
        copy.write_bytes(path.read_bytes())
        copy.chmod(0o600)
        if os.getuid() == 0:
            os.chown(copy, data.stat().st_uid, data.stat().st_gid)
    server.query("alter system set ssl = on")
    server.query("select pg_reload_conf()")


def compare(name, how, contestants, password=None, floor=None):
    """`floor` is the least that such a login may cost, by default the first contestant's."""
    samples = [[] for _ in contestants]
    for _ in range(statements.ROUNDS):
        for server, kept in zip(contestants, samples):
            kept.append(connect(how, server, password))
    results = [statements.medians(kept) for kept in samples]
    floor = floor or results[0][1]
    for server, (speed, cpu) in zip(contestants, results):
        print(f"| {name} | {server.name} | {speed:,.0f} | {cpu:,.0f} | {floor / cpu:.2f} |", flush=True)
    return results[0][1]


def cost_of_proof():
    command = [BUILD / "bench/connect", "verify", "20000"]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[0])


def resident(server):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{server.pid}/status").read_text())[1])


def idle(server, *words):
    before = resident(server)
    command = [BUILD / "tests/idle_clients", str(server.port), str(IDLE), *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
        assert crowd.stdout.readline() == b"ready\n"
        cost = (resident(server) - before) / IDLE
        crowd.stdin.close()
    return cost


def main():
    with Field() as field:
        certificate, key = make_certificate(field.work)
        users = field.work / "users"
        users.write_text(f'"postgres" "{PASSWORD}" "admin"\n')
        users.chmod(0o600)
        postgres = field.servers[1]
        secure_postgres(field.work, postgres, certificate, key)
        trusting = start_wirehouse("wirehouse", certificate, key)
        asking = start_wirehouse("wirehouse", certificate, key, "--users", users)
        library = start_program("libpgwire", BUILD / "examples/bench")
        secure = start("libpgwire", BUILD / "examples/secure_server", certificate, key, f"postgres={PASSWORD}",
                       "127.0.0.1:PORT")
        bare = start("a bare loop", BUILD / "bench/handshakes", certificate, key, "127.0.0.1:PORT")
        clear = [library, trusting, postgres]
        if os.environ.get("CRATE_BENCH"):
            clear.insert(1, start_program("crate pgwire", pathlib.Path(os.environ["CRATE_BENCH"])))
        field.servers += [trusting, asking, secure, bare, *[server for server in clear if server not in field.servers
                                                            and server is not trusting]]
        print(f"medians of {statements.ROUNDS}, load average {os.getloadavg()[0]:.2f}\n")
        proof = cost_of_proof()
        print("| login | server | per second | CPU µs each | the least : it |\n|---|---|---|---|---|")
        compare("in clear", "clear", clear)
        compare("SCRAM", "clear", [asking], PASSWORD)
        least = compare("TLS", "tls", [bare, trusting, postgres])
        compare("TLS and SCRAM", "tls", [secure, asking], PASSWORD, least + proof)
        print(f"\na proof of SCRAM by itself: {proof:.1f} µs")
        print(f"{IDLE} idle clients, KiB each: {idle(trusting):.1f} in clear, {idle(trusting, 'tls'):.1f} through TLS")


if __name__ == "__main__":
    main()
