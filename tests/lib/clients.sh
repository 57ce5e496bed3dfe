# What the suites of clients in Node, Java and Rust share: their packages, fetched once into
# the user's cache. A fetch_ function fails when its tools are missing or nothing can be had.
# The suites' $work is servers.sh's.
# shellcheck shell=bash disable=SC2154
rust_manifest=tests/drivers/tokio-postgres/Cargo.toml

# cached NAME FILE...: sets cache_directory, named after what the files say; true if it has
# been filled and cache_filled has been called since.
cached() {
    local name=$1
    shift
    cache_directory=${XDG_CACHE_HOME:-$HOME/.cache}/wirehouse/$name-$(cat "$@" | sha256sum | cut -c1-16)
    mkdir -p "$cache_directory"
    [ -e "$cache_directory/.complete" ]
}

cache_filled() { touch "$cache_directory/.complete"; }

have() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || { echo "$tool is not installed"; return 1; }
    done
}

# What the lock file names, in cache_directory/node_modules.
fetch_node() {
    local packages=tests/lib/node
    have node npm || return
    cached node "$packages/package-lock.json" && return
    cp "$packages/package.json" "$packages/package-lock.json" "$cache_directory"
    (cd "$cache_directory" && npm ci --silent --no-audit --no-fund --ignore-scripts) && cache_filled
}

# The driver's archive in cache_directory, as its sum says.
fetch_java() {
    local suite=$PWD/tests/drivers/pgjdbc
    have java javac || return
    cached java "$suite/pom.xml" "$suite/jars.sha512" && return
    have mvn || return
    mvn -q -B -f "$suite/pom.xml" dependency:copy-dependencies -DoutputDirectory="$cache_directory" &&
        (cd "$cache_directory" && sha512sum --check --quiet "$suite/jars.sha512") && cache_filled
}

# The crates of the lock file, compiled, in cache_directory, without the suites themselves.
fetch_rust() {
    have cargo pkg-config && pkg-config --exists libpq openssl || return
    cached rust "${rust_manifest%.toml}.lock" && return
    build_rust --bins && cache_filled
}

build_rust() {
    cargo build --locked --quiet --manifest-path "$rust_manifest" --target-dir "$cache_directory" "$@"
}

# node_suite DIRECTORY: runs its main.mjs, from a place where the suite's modules and the
# packages stand together.
node_suite() {
    mkdir "$work/node"
    cp tests/lib/node/*.mjs "$1"/*.mjs "$work/node"
    ln -s "$cache_directory/node_modules" "$work/node/node_modules"
    VALUES=$PWD/tests/drivers/values.json node --no-deprecation "$work/node/main.mjs"
}

# rust_program NAME: compiles $work/NAME; nothing of the suites stays in the cache.
rust_program() {
    build_rust --bin "$1"
    cp "$cache_directory/debug/$1" "$work/$1"
    cargo clean --quiet --manifest-path "$rust_manifest" --target-dir "$cache_directory" -p client-suites
}
