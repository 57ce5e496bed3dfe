/* serve_tls.c - TLS as the options have it: where its files are, and who must use it.
 */
#include "main/serve_tls.h"

#include <string.h>

#include "main/serve_state.h"

bool serve_tls_apply(struct server *server, const struct options *options,
                     struct error *err)
{
    const struct pgw_tls_options files = {
        .certificate_file = options_text(options, "tls-cert"),
        .key_file = options_text(options, "tls-key"),
        .client_ca_file = options_text(options, "tls-client-ca"),
        .crl_file = options_text(options, "tls-crl"),
        .min_version = options_text(options, "tls-min-version")};
    bool is_required = strcmp(options_text(options, "tls"), "required") == 0;
    bool has_files = files.certificate_file || files.key_file;
    enum pgw_tls_mode mode = PGW_TLS_NONE;
    if (has_files)
        mode = is_required ? PGW_TLS_REQUIRED : PGW_TLS_OFFERED;
    else if (is_required || options_list(options, "https"))
        return error_set(err, "F0000",
                         "TLS needs a certificate and its key: --tls-cert, --tls-key");
    if (!tls_source_load(&server->tls, has_files ? &files : NULL, err))
        return false;
    atomic_store(&server->tls_mode, mode);
    return true;
}
