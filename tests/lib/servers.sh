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

# wait_for PORT PID: until something accepts, or the process is gone.
wait_for() {
    "$python" - "$1" "$2" <<'PYTHON'
import os, socket, sys, time
port, pid = int(sys.argv[1]), int(sys.argv[2])
end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        sys.exit(0)
    except OSError:
        os.kill(pid, 0)
        time.sleep(0.02)
sys.exit(f"nothing listens on port {port}")
PYTHON
}

# start_wirehouse BUILD [ARGUMENT...]: sets PGHOST, PGPORT, PGDATABASE, HTTP_PORT, server_pid.
start_wirehouse() {
    local build=$1
    shift
    PGPORT=$(free_port) HTTP_PORT=$(free_port)
    "$build/wirehouse" serve --pg "127.0.0.1:$PGPORT" --http "127.0.0.1:$HTTP_PORT" "$@" \
        >"$work/wirehouse.log" 2>&1 &
    server_pid=$!
    pids+=("$server_pid")
    wait_for "$PGPORT" "$server_pid" || { cat "$work/wirehouse.log"; return 1; }
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
