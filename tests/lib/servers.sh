# Servers for tests: started on free ports, waited for by connecting, stopped by pid.
# shellcheck shell=bash
python=${WIREHOUSE_PYTHON:-python3}
work=$(mktemp -d)
pids=()

stop_all() {
    local pid
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    stop_postgres
    rm -rf "$work"
}
trap stop_all EXIT

free_port() {
    "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_line FILE PATTERN PID: the first match in what a process writes, once it is there.
wait_line() {
    "$python" - "$1" "$2" "$3" <<'PYTHON'
import os, re, sys, time
path, pattern, pid = sys.argv[1], sys.argv[2], int(sys.argv[3])
end = time.monotonic() + 60
while time.monotonic() < end:
    with open(path, encoding="utf-8") as file:
        match = re.search(pattern, file.read())
    if match:
        print(*match.groups())
        sys.exit(0)
    os.kill(pid, 0)
    time.sleep(0.02)
sys.exit(f"{path} never said {pattern}")
PYTHON
}

# start_wirehouse BUILD [ARGUMENT...]: on ports that it takes itself; sets PGHOST, PGPORT,
# PGDATABASE, PGUSER, HTTP_PORT, server_pid.
start_wirehouse() {
    local build=$1 ports
    shift
    "$build/wirehouse" serve --pg 127.0.0.1:0 --http 127.0.0.1:0 "$@" \
        >"$work/wirehouse.log" 2>&1 &
    server_pid=$!
    pids+=("$server_pid")
    ports=$(wait_line "$work/wirehouse.log" \
        'PostgreSQL on 127.0.0.1:(\d+) · HTTP on 127.0.0.1:(\d+)' "$server_pid") ||
        { cat "$work/wirehouse.log"; return 1; }
    read -r PGPORT HTTP_PORT <<<"$ports"
    export PGHOST=127.0.0.1 PGPORT PGDATABASE=main PGUSER=tester HTTP_PORT server_pid
}

postgres_bin=/usr/lib/postgresql/15/bin
postgres_data=

# PostgreSQL does not run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# start_postgres: sets POSTGRES_PORT; a database "main", a user "postgres".
start_postgres() {
    postgres_data=$work/postgres
    POSTGRES_PORT=$(free_port)
    mkdir "$postgres_data"
    chmod 755 "$work"
    [ "$(id -u)" != 0 ] || chown postgres "$postgres_data"
    as_postgres "$postgres_bin/initdb" -D "$postgres_data/data" -U postgres -A trust -E UTF8 \
        --locale=C.UTF-8 >/dev/null
    as_postgres "$postgres_bin/pg_ctl" -D "$postgres_data/data" -l "$postgres_data/log" -w \
        -o "-p $POSTGRES_PORT -k $postgres_data -c listen_addresses=127.0.0.1 -c timezone=UTC $*" \
        start >/dev/null
    psql -h 127.0.0.1 -p "$POSTGRES_PORT" -U postgres -d postgres -qc 'create database main'
}

stop_postgres() {
    [ -z "$postgres_data" ] ||
        as_postgres "$postgres_bin/pg_ctl" -D "$postgres_data/data" -m immediate stop \
            >/dev/null 2>&1 || true
}

have_postgres() { [ -x "$postgres_bin/postgres" ]; }

# start_server SERVER [ARGUMENT...]: wirehouse of a build directory, or the word "postgres",
# which proves a suite of drivers; SERVER_NAME says which, PGHOST and so on where.
start_server() {
    if [ "$1" = postgres ]; then
        have_postgres || skip "PostgreSQL 15 is not installed"
        start_postgres -c fsync=off
        psql -h 127.0.0.1 -p "$POSTGRES_PORT" -U postgres -d main -qc 'create role tester superuser login'
        export PGHOST=127.0.0.1 PGPORT=$POSTGRES_PORT PGDATABASE=main PGUSER=tester
        export SERVER_NAME=postgres
    else
        start_wirehouse "$@"
        export SERVER_NAME=wirehouse
    fi
}

# ---- encrypted, with a password ----

tester_password='it'"'"'s "ñ" & 100%'

# make_certificates DIRECTORY: an authority (ca.crt), and a server's certificate for localhost
# and the loopback addresses (server.crt, server.key), good for a day.
make_certificates() {
    local directory=$1
    mkdir -p "$directory"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=tests' authority" \
        -keyout "$directory/ca.key" -out "$directory/ca.crt" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
        -keyout "$directory/server.key" -out "$directory/server.csr" 2>/dev/null
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n' >"$directory/names"
    openssl x509 -req -in "$directory/server.csr" -CA "$directory/ca.crt" -CAkey "$directory/ca.key" -CAcreateserial \
        -days 1 -extfile "$directory/names" -out "$directory/server.crt" 2>/dev/null
    chmod 600 "$directory"/*.key
}

# secure_postgres DIRECTORY: PostgreSQL takes the certificate, and turns away who comes in clear.
secure_postgres() {
    local data=$postgres_data/data
    psql -X -q -v password="$tester_password" >/dev/null <<<"alter role tester password :'password'"
    cp "$1/server.crt" "$1/server.key" "$data"
    [ "$(id -u)" != 0 ] || chown postgres "$data"/server.*
    printf 'local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n' >"$data/pg_hba.conf"
    psql -X -q -c "alter system set ssl = on"
    as_postgres "$postgres_bin/pg_ctl" -D "$data" -l "$postgres_data/log" -w -s restart
}

# start_for_clients SERVER [HOW] [ARGUMENT...]: what the suites of drivers begin with. HOW is
# "secure" for start_secure.
start_for_clients() {
    local server=${1:-build/release} how=${2:-plain}
    shift $(($# < 2 ? $# : 2))
    if [ "$how" = secure ]; then start_secure "$server" "$@"; else start_server "$server" "$@"; fi
}

# start_secure SERVER [ARGUMENT...]: start_server, but nobody gets in without TLS and
# SCRAM-SHA-256.
start_secure() {
    local server=$1 tls=$work/tls
    shift
    make_certificates "$tls"
    if [ "$server" = postgres ]; then
        start_server postgres
        secure_postgres "$tls"
    else
        printf '%s\n' 'local all all trust' 'hostssl all all 127.0.0.1/32 scram-sha-256' >"$tls/hba.conf"
        "$server/wirehouse" passwd --users "$tls/users.txt" --role admin tester <<<"$tester_password" >/dev/null
        start_server "$server" --tls-cert "$tls/server.crt" --tls-key "$tls/server.key" \
            --users "$tls/users.txt" --hba "$tls/hba.conf" "$@"
    fi
    # For clients of libpq, and for those that read its variables.
    export PGSSLMODE=verify-full PGSSLROOTCERT=$tls/ca.crt PGCHANNELBINDING=require
    export PGPASSWORD=$tester_password
}

# A toolchain that is missing is a skip for a person, a failure in CI.
skip() {
    echo "skipped: $1"
    if [ "${CI:-}" = true ]; then echo "0 passed, 1 failed, 0 skipped"; exit 1; fi
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

# sum_lines FILE: the closing lines in it, added up.
sum_lines() {
    awk '/^[0-9]+ passed, [0-9]+ failed/ {p += $1; f += $3; s += $5}
         END {printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0}' "$1"
}
