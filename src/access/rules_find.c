/* rules_find.c - which rule is for whom: the first that fits. */
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#include "access/rules.h"

/* ---- names ---- */

static bool is_in_role(const struct rule_request *request, const char *role)
{
    return strcmp(request->user, role) == 0 ||
           (request->has_role && strcmp(role_name(request->role), role) == 0);
}

static bool fits_database(const struct access_word *word,
                          const struct rule_request *request)
{
    if (access_word_is(word, "all"))
        return true;
    if (access_word_is(word, "sameuser"))
        return strcmp(request->user, request->database) == 0;
    if (access_word_is(word, "samerole") || access_word_is(word, "samegroup"))
        return is_in_role(request, request->database);
    if (access_word_is(word, "replication"))
        return false;
    return strcmp(word->text, request->database) == 0;
}

static bool fits_user(const struct access_word *word,
                      const struct rule_request *request)
{
    if (!word->is_quoted && word->text[0] == '+')
        return is_in_role(request, word->text + 1);
    return access_word_is(word, "all") || strcmp(word->text, request->user) == 0;
}

static bool fits_any(const struct access_word *word,
                     bool (*fits)(const struct access_word *,
                                  const struct rule_request *),
                     const struct rule_request *request)
{
    while (word && !fits(word, request))
        word = word->next;
    return word != NULL;
}

/* ---- addresses ---- */

static bool in_range(const struct rule_address *who, const struct rule_address *address,
                     const struct rule_address *mask)
{
    if (who->is_ipv4 != address->is_ipv4)
        return false;
    for (size_t i = 0; i < sizeof who->bytes; i++) {
        if ((who->bytes[i] ^ address->bytes[i]) & mask->bytes[i])
            return false;
    }
    return true;
}

/* As rule_address has it; false: neither IPv4 nor IPv6. ones: what the first bytes of
 * an IPv4 mask are filled up with. */
static bool take_address(const struct sockaddr *socket, uint8_t fill,
                         struct rule_address *out)
{
    if (!socket)
        return false;
    *out = (struct rule_address){.is_ipv4 = socket->sa_family == AF_INET};
    if (out->is_ipv4) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, socket, sizeof ipv4);
        memset(out->bytes, fill, 12);
        memcpy(out->bytes + 12, &ipv4.sin_addr, 4);
    } else if (socket->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, socket, sizeof ipv6);
        memcpy(out->bytes, &ipv6.sin6_addr, sizeof out->bytes);
    }
    return out->is_ipv4 || socket->sa_family == AF_INET6;
}

/* Is it an address of this machine, or of a net that this machine is in? An error of
 * the system is a no. */
static bool is_near(const struct rule_address *who, bool whole_net)
{
    struct ifaddrs *list, *item;
    struct rule_address own, mask, wanted = *who;
    bool found = false;
    if (getifaddrs(&list) < 0)
        return false;
    if (wanted.is_ipv4)
        memset(wanted.bytes, 0xff, 12);
    for (item = list; item && !found; item = item->ifa_next) {
        if (!take_address(item->ifa_addr, 0xff, &own))
            continue;
        memset(mask.bytes, 0xff, sizeof mask.bytes);
        if (whole_net && !take_address(item->ifa_netmask, 0xff, &mask))
            continue;
        found = in_range(&wanted, &own, &mask);
    }
    freeifaddrs(list);
    return found;
}

static bool fits_address(const struct rule *rule, const struct rule_request *request)
{
    struct rule_address who;
    if (request->connection == RULE_LOCAL || rule->where == RULE_ANYWHERE)
        return true;
    if (!request->address || !rule_address_parse(request->address, &who))
        return false;
    if (rule->where == RULE_RANGE)
        return in_range(&who, &rule->address, &rule->mask);
    return is_near(&who, rule->where == RULE_SAME_NET);
}

const struct rule *rules_find(const struct rules *rules,
                              const struct rule_request *request)
{
    const struct rule *rule = rules->first;
    for (; rule; rule = rule->next) {
        if ((rule->connections & request->connection) && fits_address(rule, request) &&
            fits_any(rule->databases, fits_database, request) &&
            fits_any(rule->users, fits_user, request))
            break;
    }
    return rule;
}
