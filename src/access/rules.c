/* rules.c - who may connect from where: reads what has the form of pg_hba.conf.
 *
 *     TYPE DATABASES USERS [ADDRESS [MASK]] METHOD [NAME=VALUE]...
 *
 * Faults are found when the file is read, so that no line means less than it says:
 * methods and options that are not known are refused. */
#include "access/rules.h"

#include <arpa/inet.h>
#include <string.h>

#include "access/access_file.h"
#include "access/rules_oauth.h"
#include "core/text.h"

struct reading {
    struct arena *arena;
    const char *file;
    const struct rules_options *options;
    const struct access_line *line;
    const struct access_field *field; /* the next one */
    struct error *err;
};

PRINTF_LIKE(2, 3)
static bool fault(const struct reading *reading, const char *format, ...)
{
    char reason[512];
    va_list args;
    va_start(args, format);
    text_format(reason, sizeof reason, format, args);
    va_end(args);
    return access_fault(reading->err, reading->file, reading->line->number, "%s",
                        reason);
}

/* ---- the tables ---- */

static const struct {
    const char *word;
    unsigned connections;
} types[] = {{"local", RULE_LOCAL},
             {"host", RULE_TLS | RULE_PLAIN},
             {"hostssl", RULE_TLS},
             {"hostnossl", RULE_PLAIN},
             {"hostgssenc", 0}, /* there is no such encryption: fits nobody */
             {"hostnogssenc", RULE_TLS | RULE_PLAIN}};

/* connections: those that a line may be for; 0 = all. */
static const struct {
    const char *word;
    enum access_method method;
    unsigned connections;
    const char *else_fault;
} methods[] = {
    {"trust", ACCESS_TRUST, 0, NULL},
    {"reject", ACCESS_REJECT, 0, NULL},
    {"scram-sha-256", ACCESS_SCRAM, 0, NULL},
    {"md5", ACCESS_MD5, 0, NULL},
    {"password", ACCESS_PASSWORD, 0, NULL},
    {"peer", ACCESS_PEER, RULE_LOCAL,
     "peer authentication is only supported on local sockets"},
    {"cert", ACCESS_CERT, RULE_TLS,
     "cert authentication is only supported on hostssl connections"},
    {"oauth", ACCESS_OAUTH, 0, NULL},
};

/* PostgreSQL's, but not ours. */
static const char *const foreign_methods[] = {"gss", "sspi", "ident", "ldap",
                                              "pam", "bsd",  "radius"};

/* What an option does; NULL, or what is wrong. value lives as long as the rule. */
typedef const char *option_reader(struct rule *rule, const char *value);

static const char *read_map(struct rule *rule, const char *value)
{
    rule->map = value;
    return rule->method == ACCESS_PEER || rule->method == ACCESS_CERT ||
                   rule->method == ACCESS_OAUTH
               ? NULL
               : "authentication option \"map\" is only valid for authentication "
                 "methods peer, cert and oauth";
}

static const char *read_certificate(struct rule *rule, const char *value)
{
    if (rule->connections != RULE_TLS)
        return "clientcert can only be configured for \"hostssl\" rows";
    if (strcmp(value, "verify-full") == 0)
        rule->certificate = RULE_CERT_NAMED;
    else if (strcmp(value, "verify-ca") == 0 && rule->method == ACCESS_CERT)
        return "clientcert only accepts \"verify-full\" when using \"cert\" "
               "authentication";
    else if (strcmp(value, "verify-ca") == 0)
        rule->certificate = RULE_CERT_VALID;
    else
        return "clientcert is neither verify-ca nor verify-full";
    return NULL;
}

static const char *read_certificate_name(struct rule *rule, const char *value)
{
    if (rule->connections != RULE_TLS)
        return "clientname can only be configured for \"hostssl\" rows";
    rule->by_subject = strcmp(value, "DN") == 0;
    return rule->by_subject || strcmp(value, "CN") == 0
               ? NULL
               : "clientname is neither CN nor DN";
}

static const char *read_role(struct rule *rule, const char *value)
{
    rule->has_role = true;
    return role_parse(slice_of(value), &rule->role)
               ? NULL
               : "role is none of reader, writer and admin";
}

static const struct {
    const char *name;
    option_reader *read;
} options[] = {{"map", read_map},
               {"clientcert", read_certificate},
               {"clientname", read_certificate_name},
               {"role", read_role},
               {"issuer", rules_oauth_issuer},
               {"scope", rules_oauth_scope},
               {"audience", rules_oauth_audience},
               {"keys", rules_oauth_keys},
               {"claim", rules_oauth_claim}};

/* ---- addresses ---- */

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

bool rule_address_parse(const char *text, struct rule_address *out)
{
    memcpy(out->bytes, mapped, sizeof mapped);
    out->is_ipv4 = inet_pton(AF_INET, text, out->bytes + sizeof mapped) == 1;
    return out->is_ipv4 || inet_pton(AF_INET6, text, out->bytes) == 1;
}

/* So many leading ones, of the address's own family. */
static bool make_mask(const char *digits, struct rule *rule)
{
    unsigned most = rule->address.is_ipv4 ? 32 : 128, bits = 0;
    size_t len = strlen(digits);
    if (len == 0 || len > 3 || strspn(digits, "0123456789") != len)
        return false;
    for (size_t i = 0; i < len; i++)
        bits = bits * 10 + (unsigned)(digits[i] - '0');
    if (bits > most)
        return false;
    bits += 128 - most;
    rule->mask = (struct rule_address){.is_ipv4 = rule->address.is_ipv4};
    for (unsigned i = 0; i < bits; i++)
        rule->mask.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
    return true;
}

static const char *next_word(struct reading *reading)
{
    const struct access_field *field = reading->field;
    if (!field || !field->words || field->words->next)
        return NULL;
    reading->field = field->next;
    return field->words->text;
}

/* ADDRESS/BITS, or ADDRESS and a MASK in the next field. */
static bool read_range(struct reading *reading, const char *text, struct rule *rule)
{
    char address[INET6_ADDRSTRLEN + 8];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    if (len >= sizeof address)
        return fault(reading, "invalid IP address \"%s\"", text);
    memcpy(address, text, len);
    address[len] = '\0';
    rule->where = RULE_RANGE;
    if (!rule_address_parse(address, &rule->address))
        return fault(reading,
                     "\"%s\" is no IP address, and host names are not supported", text);
    if (slash)
        return make_mask(slash + 1, rule) ||
               fault(reading, "invalid CIDR mask in address \"%s\"", text);
    const char *mask = next_word(reading);
    if (!mask)
        return fault(reading, "end-of-line before netmask specification");
    if (!rule_address_parse(mask, &rule->mask))
        return fault(reading, "invalid IP mask \"%s\"", mask);
    if (rule->mask.is_ipv4 != rule->address.is_ipv4)
        return fault(reading, "IP address and mask do not match");
    if (rule->mask.is_ipv4)
        memset(rule->mask.bytes, 0xff, sizeof mapped);
    return true;
}

static bool read_address(struct reading *reading, struct rule *rule)
{
    const struct access_word *word = reading->field ? reading->field->words : NULL;
    const char *text = next_word(reading);
    if (!text)
        return fault(reading, "an address is missing, or there are several");
    if (access_word_is(word, "all"))
        rule->where = RULE_ANYWHERE;
    else if (access_word_is(word, "samehost"))
        rule->where = RULE_SAME_HOST;
    else if (access_word_is(word, "samenet"))
        rule->where = RULE_SAME_NET;
    else
        return read_range(reading, text, rule);
    return true;
}

/* ---- lines ---- */

static bool read_type(struct reading *reading, struct rule *rule)
{
    const char *word = next_word(reading);
    if (!word)
        return fault(reading, "multiple values specified for connection type");
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (strcmp(types[i].word, word) == 0) {
            rule->connections = types[i].connections;
            return true;
        }
    }
    return fault(reading, "invalid connection type \"%s\"", word);
}

static bool read_names(struct reading *reading, const struct access_word **out,
                       const char *what)
{
    if (!reading->field)
        return fault(reading, "end-of-line before %s specification", what);
    *out = reading->field->words;
    reading->field = reading->field->next;
    return true;
}

static bool read_method(struct reading *reading, struct rule *rule)
{
    if (!reading->field)
        return fault(reading, "end-of-line before authentication method");
    const char *word = next_word(reading);
    if (!word)
        return fault(reading, "multiple values specified for authentication type");
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (strcmp(methods[i].word, word) != 0)
            continue;
        rule->method = methods[i].method;
        if (rule->method == ACCESS_CERT)
            rule->certificate = RULE_CERT_NAMED;
        return !methods[i].connections || rule->connections == methods[i].connections ||
               fault(reading, "%s", methods[i].else_fault);
    }
    for (size_t i = 0; i < ARRAY_LEN(foreign_methods); i++) {
        if (strcmp(foreign_methods[i], word) == 0)
            return fault(reading, "authentication method \"%s\" is not supported",
                         word);
    }
    return fault(reading, "invalid authentication method \"%s\"", word);
}

static bool read_option(struct reading *reading, const char *text, struct rule *rule)
{
    const char *equals = strchr(text, '=');
    if (!equals)
        return fault(reading, "authentication option not in name=value format: %s",
                     text);
    struct slice name = {text, (size_t)(equals - text)};
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (!slice_equal(name, slice_of(options[i].name)))
            continue;
        const char *why = options[i].read(rule, equals + 1);
        return !why || fault(reading, "%s", why);
    }
    return fault(reading, "unrecognized authentication option name: \"%.*s\"",
                 (int)name.len, name.data);
}

/* Is all of the range this machine's own? */
static bool is_loopback(const struct rule *rule)
{
    static const struct rule_address one = {.bytes = {[15] = 1}};
    static const uint8_t all[16] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    if (rule->where != RULE_RANGE)
        return rule->where == RULE_SAME_HOST;
    if (rule->address.is_ipv4)
        return rule->address.bytes[12] == 127 && rule->mask.bytes[12] == 0xff;
    return memcmp(rule->address.bytes, one.bytes, sizeof one.bytes) == 0 &&
           memcmp(rule->mask.bytes, all, sizeof all) == 0;
}

static bool check_cleartext(const struct reading *reading, const struct rule *rule)
{
    bool is_secret = rule->method == ACCESS_PASSWORD || rule->method == ACCESS_OAUTH;
    if (!is_secret || !(rule->connections & RULE_PLAIN) ||
        reading->options->allows_cleartext || is_loopback(rule))
        return true;
    fault(reading, "%s would cross the network in clear",
          rule->method == ACCESS_OAUTH ? "tokens" : "passwords");
    error_hint(reading->err, "Use hostssl, an address of this machine, scram-sha-256, "
                             "or --cleartext-passwords=yes.");
    return false;
}

static bool read_rule(struct reading *reading, struct rule *rule)
{
    if (!read_type(reading, rule) ||
        !read_names(reading, &rule->databases, "database") ||
        !read_names(reading, &rule->users, "role"))
        return false;
    if (rule->connections != RULE_LOCAL && !read_address(reading, rule))
        return false;
    if (!read_method(reading, rule))
        return false;
    for (; reading->field; reading->field = reading->field->next) {
        for (const struct access_word *word = reading->field->words; word;
             word = word->next) {
            if (!read_option(reading, word->text, rule))
                return false;
        }
    }
    const char *missing = rules_oauth_missing(rule);
    if (missing)
        return fault(
            reading,
            "authentication method \"oauth\" requires argument \"%s\" to be set",
            missing);
    return check_cleartext(reading, rule);
}

bool rules_parse(struct arena *arena, struct slice text, const char *file,
                 const struct rules_options *rules_options, struct rules *out,
                 struct error *err)
{
    struct access_line *line;
    struct rule **end = &out->first;
    out->first = NULL;
    if (!access_lines(arena, text, file, rules_options->reader, &line, err))
        return false;
    for (; line; line = line->next, end = &(*end)->next) {
        struct reading reading = {.arena = arena,
                                  .file = file,
                                  .options = rules_options,
                                  .line = line,
                                  .field = line->fields,
                                  .err = err};
        *end = arena_calloc(arena, 1, sizeof **end);
        if (!*end)
            return error_no_memory(err);
        (*end)->line = line->number;
        if (!read_rule(&reading, *end))
            return false;
    }
    return true;
}
