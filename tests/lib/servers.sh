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
