/* parameters.c - ParameterStatus: what the client is told of the session's settings.
 *
 * All of them at start-up, then what has changed, before each ReadyForQuery, as
 * PostgreSQL does: a change that was taken back by then is none. What the host has not
 * set by then has a default here. */
#include <stdlib.h>
#include <string.h>

#include "pgwire/reply.h"

static struct parameter *find(const pgw_session *session, const char *name)
{
    struct parameter *parameter = session->parameters;
    while (parameter && strcmp(parameter->name, name) != 0)
        parameter = parameter->next;
    return parameter;
}

static struct parameter *add(pgw_session *session, const char *name)
{
    struct parameter **end = &session->parameters;
    while (*end)
        end = &(*end)->next;
    size_t len = strlen(name) + 1;
    struct parameter *parameter = calloc(1, offsetof(struct parameter, name) + len);
    if (!parameter)
        return NULL;
    memcpy(parameter->name, name, len);
    *end = parameter;
    return parameter;
}

enum pgw_status pgw_session_set_parameter(pgw_session *session, const char *name,
                                          const char *value, struct pgw_error *err)
{
    struct parameter *parameter = find(session, name);
    char *copy = strdup(value);
    if (copy && !parameter)
        parameter = add(session, name); /* its value is none */
    if (!copy || !parameter) {
        free(copy);
        return pgw_fail(err, "53200", "out of memory");
    }
    if (parameter->is_set)
        free(parameter->value);
    else
        parameter->told = parameter->value;
    parameter->value = copy;
    parameter->is_set = true;
    session->parameters_set = true;
    return PGW_OK;
}

bool parameters_defaults(pgw_session *session, struct pgw_error *err)
{
    const struct startup_pair defaults[] = {
        {"server_version", "15.0 (libpgwire " PGW_VERSION ")"},
        {"server_encoding", "UTF8"},
        {"client_encoding", "UTF8"},
        {"application_name",
         pgw_session_startup_parameter(session, "application_name")},
        {"session_authorization", pgw_session_startup_parameter(session, "user")},
        {"is_superuser", "off"},
        {"DateStyle", "ISO, MDY"},
        {"IntervalStyle", "postgres"},
        {"TimeZone", "UTC"},
        {"integer_datetimes", "on"},
        {"standard_conforming_strings", "on"},
    };
    for (size_t i = 0; i < ARRAY_LEN(defaults); i++) {
        const char *value = defaults[i].value ? defaults[i].value : "";
        if (!find(session, defaults[i].name) &&
            pgw_session_set_parameter(session, defaults[i].name, value, err) != PGW_OK)
            return false;
    }
    return true;
}

bool parameters_report(pgw_session *session, bool all)
{
    if (!all && !session->parameters_set)
        return true;
    for (struct parameter *parameter = session->parameters; parameter;
         parameter = parameter->next) {
        bool is_told =
            parameter->told && strcmp(parameter->told, parameter->value) == 0;
        bool tell = all || (parameter->is_set && !is_told);
        if (tell &&
            !reply_parameter(&session->output, parameter->name, parameter->value))
            return false;
        free(parameter->told);
        parameter->told = NULL;
        parameter->is_set = false;
    }
    session->parameters_set = false;
    return true;
}

void parameters_free(pgw_session *session)
{
    while (session->parameters) {
        struct parameter *parameter = session->parameters;
        session->parameters = parameter->next;
        free(parameter->value);
        free(parameter->told);
        free(parameter);
    }
}
