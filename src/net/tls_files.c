/* tls_files.c - certificate, key, and whom to trust, from files.
 *
 * A passphrase is never asked for: nobody sits there when files are read again. */
#include "net/tls_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

/* Why OpenSSL has refused, in its words or the system's; its queue is emptied. */
static const char *reason(void)
{
    unsigned long code = ERR_peek_last_error();
    const char *text = ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code))
                                              : ERR_reason_error_string(code);
    ERR_clear_error();
    return text ? text : "it is not in PEM form";
}

static bool is_readable(const char *what, const char *path, struct error *err)
{
    if (access(path, R_OK) == 0)
        return true;
    return error_set(err, "58P01", "cannot read the %s %s: %s", what, path,
                     strerror(errno));
}

/* Given to OpenSSL, which asks the terminal otherwise. */
static int no_passphrase(char *buffer, int size, int writing, void *asked)
{
    (void)buffer, (void)size, (void)writing;
    if (asked)
        *(bool *)asked = true;
    return -1;
}

/* ---- the key ---- */

static bool check_key_file(const char *path, const struct stat *file, struct error *err)
{
    bool is_roots = file->st_uid == 0;
    mode_t excess = is_roots ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
    if (!S_ISREG(file->st_mode))
        return error_set(err, "F0000", "the private key %s is not a regular file",
                         path);
    if (!is_roots && file->st_uid != geteuid())
        return error_set(err, "F0000",
                         "the private key %s must be owned by root or by the user "
                         "that runs this server",
                         path);
    if (!(file->st_mode & excess))
        return true;
    error_set(err, "F0000", "the private key %s has group or world access", path);
    error_hint(err, "It may have mode 0600 or less, or 0640 if root owns it.");
    return false;
}

static EVP_PKEY *parse_key(BIO *bio, const char *path, struct error *err)
{
    bool asked = false;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &asked);
    if (key)
        return key;
    const char *why = reason();
    if (asked)
        error_set(err, "F0000",
                  "the private key %s has a passphrase, and nobody is asked for it",
                  path);
    else
        error_set(err, "F0000", "cannot load the private key %s: %s", path, why);
    return NULL;
}

/* The file that was looked at is the one that is read. */
static EVP_PKEY *read_key(const char *path, struct error *err)
{
    struct stat file;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &file) < 0) {
        error_set(err, "58P01", "cannot read the private key %s: %s", path,
                  strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return NULL;
    }
    BIO *bio = BIO_new_fd(fd, BIO_CLOSE);
    EVP_PKEY *key = NULL;
    if (!bio) {
        (void)close(fd);
        (void)error_no_memory(err);
    } else if (check_key_file(path, &file, err)) {
        key = parse_key(bio, path, err);
    }
    BIO_free(bio);
    return key;
}

/* ---- the certificate ---- */

bool tls_files_identity(SSL_CTX *ssl, const struct pgw_tls_options *options,
                        struct error *err)
{
    const char *path = options->certificate_file;
    if (!path || !options->key_file)
        return error_set(err, "F0000", "TLS needs a certificate and its private key");
    SSL_CTX_set_default_passwd_cb(ssl, no_passphrase);
    if (!is_readable("certificate", path, err))
        return false;
    if (SSL_CTX_use_certificate_chain_file(ssl, path) != 1)
        return error_set(err, "F0000", "cannot load the certificate %s: %s", path,
                         reason());
    EVP_PKEY *key = read_key(options->key_file, err);
    if (!key)
        return false;
    bool fits =
        SSL_CTX_use_PrivateKey(ssl, key) == 1 && SSL_CTX_check_private_key(ssl) == 1;
    EVP_PKEY_free(key);
    if (!fits)
        error_set(err, "F0000", "the private key %s is not that of the certificate %s",
                  options->key_file, path);
    ERR_clear_error();
    return fits;
}

/* ---- clients ---- */

static bool load_authorities(SSL_CTX *ssl, const char *path, struct error *err)
{
    if (!is_readable("client authorities' file", path, err))
        return false;
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(path);
    if (!names || SSL_CTX_load_verify_locations(ssl, path, NULL) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return error_set(err, "F0000", "cannot load the client authorities %s: %s",
                         path, reason());
    }
    SSL_CTX_set_client_CA_list(ssl, names); /* moved in */
    return true;
}

static bool load_revocations(SSL_CTX *ssl, const char *path, struct error *err)
{
    X509_STORE *store = SSL_CTX_get_cert_store(ssl);
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (!is_readable("revocation list", path, err))
        return false;
    if (!lookup || X509_load_crl_file(lookup, path, X509_FILETYPE_PEM) < 1)
        return error_set(err, "F0000", "cannot load the revocation list %s: %s", path,
                         reason());
    return X509_STORE_set_flags(store,
                                X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) ||
           error_no_memory(err);
}

bool tls_files_trust(SSL_CTX *ssl, const struct pgw_tls_options *options,
                     struct error *err)
{
    if (!options->client_ca_file && options->crl_file)
        return error_set(err, "F0000",
                         "a revocation list is of no use without client authorities");
    if (!options->client_ca_file)
        return true;
    if (!load_authorities(ssl, options->client_ca_file, err) ||
        (options->crl_file && !load_revocations(ssl, options->crl_file, err)))
        return false;
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, NULL);
    return true;
}
