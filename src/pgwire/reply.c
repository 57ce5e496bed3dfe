/* reply.c - the messages a backend sends. */
#include "pgwire/reply.h"

#include <inttypes.h>
#include <stdio.h>

#include "pgwire/pg_type.h"
#include "pgwire/value.h"
#include "pgwire/writer.h"

bool reply_auth(struct chain *out, enum reply_auth request)
{
    return reply_auth_data(out, request, SLICE(""));
}

bool reply_auth_data(struct chain *out, enum reply_auth request, struct slice data)
{
    struct writer writer = writer_begin(out, 'R');
    writer_u32(&writer, request);
    writer_bytes(&writer, data.data, data.len);
    return writer_end(&writer);
}

bool reply_negotiate(struct chain *out, uint32_t version,
                     const struct startup_pair *pairs, size_t count)
{
    struct writer writer = writer_begin(out, 'v');
    uint32_t options = 0;
    for (size_t i = 0; i < count; i++)
        options += startup_is_option(pairs[i].name);
    writer_u32(&writer, version);
    writer_u32(&writer, options);
    for (size_t i = 0; i < count; i++) {
        if (startup_is_option(pairs[i].name))
            writer_string(&writer, pairs[i].name);
    }
    return writer_end(&writer);
}

bool reply_parameter(struct chain *out, const char *name, const char *value)
{
    struct writer writer = writer_begin(out, 'S');
    writer_string(&writer, name);
    writer_string(&writer, value);
    return writer_end(&writer);
}

bool reply_key(struct chain *out, uint32_t pid, const uint8_t *key, size_t len)
{
    struct writer writer = writer_begin(out, 'K');
    writer_u32(&writer, pid);
    writer_bytes(&writer, key, len);
    return writer_end(&writer);
}

bool reply_ready(struct chain *out, char transaction)
{
    struct writer writer = writer_begin(out, 'Z');
    writer_u8(&writer, (uint8_t)transaction);
    return writer_end(&writer);
}

bool reply_plain(struct chain *out, char type)
{
    struct writer writer = writer_begin(out, type);
    return writer_end(&writer);
}

bool reply_complete(struct chain *out, const char *tag, int64_t count)
{
    uint8_t number[24] = {' '};
    struct writer writer = writer_begin(out, 'C');
    writer_bytes(&writer, tag, strlen(tag));
    if (count != PGW_NOT_COUNTED) {
        const uint8_t *end = value_int_text(number + 1, count);
        writer_bytes(&writer, number, (size_t)(end - number));
    }
    writer_u8(&writer, 0);
    return writer_end(&writer);
}

bool reply_params(struct chain *out, const struct pgw_description *description)
{
    struct writer writer = writer_begin(out, 't');
    writer_u16(&writer, (uint16_t)description->param_count);
    for (size_t i = 0; i < description->param_count; i++)
        writer_u32(&writer, description->param_oids[i]);
    return writer_end(&writer);
}

/* Types that are not PostgreSQL's own vary in size, unless the column says. */
static int16_t typlen_of(const struct pgw_column *column)
{
    const struct pg_type *type = pg_type_find(column->type_oid);
    if (column->typlen)
        return column->typlen;
    return type ? type->typlen : -1;
}

static int16_t format_at(const int16_t *formats, size_t count, size_t column)
{
    if (count == 0)
        return PGW_TEXT_FORMAT;
    return formats[count == 1 ? 0 : column];
}

bool reply_columns(struct chain *out, const struct pgw_column *columns, size_t count,
                   const int16_t *formats, size_t format_count)
{
    struct writer writer = writer_begin(out, 'T');
    writer_u16(&writer, (uint16_t)count);
    for (size_t i = 0; i < count; i++) {
        writer_string(&writer, columns[i].name);
        writer_u32(&writer, columns[i].table_oid);
        writer_u16(&writer, (uint16_t)columns[i].attnum);
        writer_u32(&writer, columns[i].type_oid);
        writer_u16(&writer, (uint16_t)typlen_of(&columns[i]));
        writer_u32(&writer, (uint32_t)(columns[i].typmod - 1));
        writer_u16(&writer, (uint16_t)format_at(formats, format_count, i));
    }
    return writer_end(&writer);
}

bool reply_copy(struct chain *out, char type, enum pgw_format format, size_t columns)
{
    struct writer writer = writer_begin(out, type);
    writer_u8(&writer, (uint8_t)format);
    writer_u16(&writer, (uint16_t)columns);
    for (size_t i = 0; i < columns; i++)
        writer_u16(&writer, (uint16_t)format);
    return writer_end(&writer);
}

static void field(struct writer *writer, char code, const char *text)
{
    if (!text[0])
        return;
    writer_u8(writer, (uint8_t)code);
    writer_string(writer, text);
}

bool reply_error(struct chain *out, const struct pgw_error *err)
{
    static const char *const names[] = {
        [PGW_SEVERITY_ERROR] = "ERROR",     [PGW_SEVERITY_FATAL] = "FATAL",
        [PGW_SEVERITY_WARNING] = "WARNING", [PGW_SEVERITY_NOTICE] = "NOTICE",
        [PGW_SEVERITY_INFO] = "INFO",       [PGW_SEVERITY_LOG] = "LOG",
        [PGW_SEVERITY_DEBUG] = "DEBUG"};
    char position[16] = "";
    if (err->position > 0)
        (void)snprintf(position, sizeof position, "%" PRId32, err->position);
    bool is_error = err->severity <= PGW_SEVERITY_FATAL;
    struct writer writer = writer_begin(out, is_error ? 'E' : 'N');
    field(&writer, 'S', names[err->severity]);
    field(&writer, 'V', names[err->severity]);
    field(&writer, 'C', err->sqlstate);
    field(&writer, 'M', err->message[0] ? err->message : "unknown error");
    field(&writer, 'D', err->detail);
    field(&writer, 'H', err->hint);
    field(&writer, 'P', position);
    field(&writer, 'W', err->context);
    field(&writer, 's', err->schema);
    field(&writer, 't', err->table);
    field(&writer, 'c', err->column);
    field(&writer, 'n', err->constraint);
    field(&writer, 'R', err->routine);
    writer_u8(&writer, 0);
    return writer_end(&writer);
}

struct chain_block *reply_last_words(void)
{
    static const uint8_t words[] =
        "E\0\0\0\x29SFATAL\0VFATAL\0C53200\0Mout of memory\0";
    return chain_block_lent(words, sizeof words, NULL, NULL);
}
