/* date_fields.c - a date, time or interval in words, cut into its fields. */
#include "pgwire/date_fields.h"

#include <ctype.h>

#include "pgwire/date_words.h"

struct scanner {
    const char *at, *end;
    char *to, *limit;
    bool full;
};

static char peek(const struct scanner *scanner)
{
    return scanner->at < scanner->end ? *scanner->at : '\0';
}

static bool peek_digit(const struct scanner *scanner)
{
    return isdigit((unsigned char)peek(scanner)) != 0;
}

static bool peek_letter(const struct scanner *scanner)
{
    return isalpha((unsigned char)peek(scanner)) != 0;
}

static bool peek_any(const struct scanner *scanner, const char *of)
{
    char c = peek(scanner);
    return c && strchr(of, c);
}

/* The next character into the field. */
static void keep(struct scanner *scanner)
{
    if (scanner->to == scanner->limit)
        scanner->full = true;
    else
        *scanner->to++ = (char)tolower((unsigned char)*scanner->at);
    scanner->at++;
}

static void keep_digits(struct scanner *scanner)
{
    while (peek_digit(scanner))
        keep(scanner);
}

static void keep_letters(struct scanner *scanner)
{
    while (peek_letter(scanner))
        keep(scanner);
}

/* Behind the first number of a date: its delimiter is next. */
static enum date_field_kind rest_of_date(struct scanner *scanner)
{
    char delimiter[2] = {peek(scanner), '\0'};
    keep(scanner);
    if (!peek_digit(scanner)) { /* the month in letters */
        while (peek_digit(scanner) || peek_letter(scanner) ||
               peek_any(scanner, delimiter))
            keep(scanner);
        return FIELD_DATE;
    }
    keep_digits(scanner);
    if (!peek_any(scanner, delimiter))
        return *delimiter == '.' ? FIELD_NUMBER : FIELD_DATE;
    while (peek_digit(scanner) || peek_any(scanner, delimiter))
        keep(scanner);
    return FIELD_DATE;
}

static enum date_field_kind digits_first(struct scanner *scanner)
{
    keep_digits(scanner);
    if (peek(scanner) == ':') {
        while (peek_digit(scanner) || peek_any(scanner, ":."))
            keep(scanner);
        return FIELD_TIME;
    }
    return peek_any(scanner, "-/.") ? rest_of_date(scanner) : FIELD_NUMBER;
}

/* A word; joined to digits or signs it is a date or the name of a zone. */
static enum date_field_kind letters_first(struct scanner *scanner)
{
    const char *start = scanner->to;
    keep_letters(scanner);
    bool joined = peek_any(scanner, "-/.");
    if (!joined && (peek(scanner) == '+' || peek_digit(scanner))) {
        *scanner->to = '\0';
        joined = date_word(start)->kind == WORD_UNKNOWN;
    }
    if (!joined)
        return FIELD_WORD;
    while (peek_any(scanner, "+-/_.:") || peek_digit(scanner) || peek_letter(scanner))
        keep(scanner);
    return FIELD_DATE;
}

static bool sign_first(struct scanner *scanner, enum date_field_kind *kind)
{
    keep(scanner);
    while (isspace((unsigned char)peek(scanner)))
        scanner->at++;
    *kind = peek_digit(scanner) ? FIELD_ZONE : FIELD_SIGNED;
    if (peek_letter(scanner)) {
        keep_letters(scanner);
        return true;
    }
    bool good = peek_digit(scanner);
    while (good && (peek_digit(scanner) || peek_any(scanner, ":.-")))
        keep(scanner);
    return good;
}

static bool scan_field(struct scanner *scanner, enum date_field_kind *kind)
{
    if (peek(scanner) == '+' || peek(scanner) == '-')
        return sign_first(scanner, kind);
    if (peek_digit(scanner)) {
        *kind = digits_first(scanner);
    } else if (peek(scanner) == '.') {
        keep(scanner);
        keep_digits(scanner);
        *kind = FIELD_NUMBER;
    } else {
        *kind = letters_first(scanner);
    }
    return true;
}

bool date_fields_split(struct slice text, struct date_fields *out)
{
    struct scanner scanner = {text.data, text.data + text.len, out->buffer,
                              out->buffer + sizeof out->buffer - 1, false};
    out->count = 0;
    while (scanner.at < scanner.end) {
        unsigned char c = (unsigned char)*scanner.at;
        bool starts = isdigit(c) || isalpha(c) || strchr("+-.", c);
        if (!starts && !isspace(c) && !ispunct(c))
            return false;
        if (!starts) {
            scanner.at++;
            continue;
        }
        if (out->count == DATE_FIELDS_MAX)
            return false;
        struct date_field *field = &out->at[out->count++];
        field->text = scanner.to;
        if (!scan_field(&scanner, &field->kind) || scanner.full ||
            scanner.to == scanner.limit)
            return false;
        *scanner.to++ = '\0';
    }
    return true;
}
