# Certificates of clients, good and bad, beside what make_certificates has made.
# shellcheck shell=bash

# client_authority DIRECTORY NAME: NAME.crt, and what `openssl ca` keeps of it in NAME.ca.
client_authority() {
    local directory=$1 name=$2
    mkdir "$directory/$name.ca"
    : >"$directory/$name.ca/index"
    echo 01 >"$directory/$name.ca/serial"
    cat >"$directory/$name.cnf" <<CONFIG
[ca]
default_ca = own
[own]
certificate = $directory/$name.crt
private_key = $directory/$name.key
database = $directory/$name.ca/index
serial = $directory/$name.ca/serial
new_certs_dir = $directory/$name.ca
default_md = sha256
default_days = 1
default_crl_days = 1
unique_subject = no
policy = any
[any]
organizationName = optional
commonName = supplied
CONFIG
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=$name" \
        -keyout "$directory/$name.key" -out "$directory/$name.crt" 2>/dev/null
}

# client_certificate DIRECTORY AUTHORITY FILE SUBJECT [OPTION...]: of `openssl ca`.
client_certificate() {
    local directory=$1 authority=$2 file=$3 subject=$4
    shift 4
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$subject" \
        -keyout "$directory/$file.key" -out "$directory/$file.csr" 2>/dev/null
    openssl ca -batch -config "$directory/$authority.cnf" -notext -in "$directory/$file.csr" \
        -out "$directory/$file.crt" "$@" 2>/dev/null
}

# client_certificates DIRECTORY: who is good, and who is not, and revoked.pem.
client_certificates() {
    local directory=$1
    client_authority "$directory" clients
    client_authority "$directory" strangers
    client_certificate "$directory" clients good "/O=house/CN=cert_user"
    client_certificate "$directory" clients other "/CN=somebody"
    client_certificate "$directory" clients nameless "/CN= "
    client_certificate "$directory" clients revoked "/CN=cert_user"
    client_certificate "$directory" clients expired "/CN=cert_user" \
        -startdate 20200101000000Z -enddate 20200102000000Z
    client_certificate "$directory" clients early "/CN=cert_user" \
        -startdate 20990101000000Z -enddate 20990102000000Z
    printf 'nsComment = "%s"\n' "$(printf 'x%.0s' {1..70000})" >"$directory/long"
    client_certificate "$directory" clients fat "/CN=cert_user" -extfile "$directory/long"
    client_certificate "$directory" strangers stranger "/CN=cert_user"
    openssl ca -config "$directory/clients.cnf" -revoke "$directory/revoked.crt" 2>/dev/null
    openssl ca -config "$directory/clients.cnf" -gencrl -out "$directory/revoked.pem" 2>/dev/null
    chmod 600 "$directory"/*.key
}
