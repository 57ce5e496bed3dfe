/* copy_encoding.c - PostgreSQL's encodings, and what iconv calls them: a row each.
 *
 * Source: PostgreSQL documentation 24.3.1. */
#include "sql/copy_statement.h"

/* Letters and digits in lower case, aliases among them. SQL_ASCII says nothing of what
 * the bytes are: they have to be UTF-8 all the same. */
static const struct encoding {
    const char *name, *iconv;
} encodings[] = {
    {"utf8", ""},
    {"unicode", ""},
    {"sqlascii", ""},
    {"latin1", "ISO-8859-1"},
    {"iso88591", "ISO-8859-1"},
    {"latin2", "ISO-8859-2"},
    {"iso88592", "ISO-8859-2"},
    {"latin3", "ISO-8859-3"},
    {"iso88593", "ISO-8859-3"},
    {"latin4", "ISO-8859-4"},
    {"iso88594", "ISO-8859-4"},
    {"latin5", "ISO-8859-9"},
    {"iso88599", "ISO-8859-9"},
    {"latin6", "ISO-8859-10"},
    {"iso885910", "ISO-8859-10"},
    {"latin7", "ISO-8859-13"},
    {"iso885913", "ISO-8859-13"},
    {"latin8", "ISO-8859-14"},
    {"iso885914", "ISO-8859-14"},
    {"latin9", "ISO-8859-15"},
    {"iso885915", "ISO-8859-15"},
    {"latin10", "ISO-8859-16"},
    {"iso885916", "ISO-8859-16"},
    {"iso88595", "ISO-8859-5"},
    {"iso88596", "ISO-8859-6"},
    {"iso88597", "ISO-8859-7"},
    {"iso88598", "ISO-8859-8"},
    {"koi8", "KOI8-R"},
    {"koi8r", "KOI8-R"},
    {"koi8u", "KOI8-U"},
    {"win866", "CP866"},
    {"alt", "CP866"},
    {"windows866", "CP866"},
    {"win874", "CP874"},
    {"windows874", "CP874"},
    {"win1250", "CP1250"},
    {"windows1250", "CP1250"},
    {"win1251", "CP1251"},
    {"win", "CP1251"},
    {"windows1251", "CP1251"},
    {"win1252", "CP1252"},
    {"windows1252", "CP1252"},
    {"win1253", "CP1253"},
    {"windows1253", "CP1253"},
    {"win1254", "CP1254"},
    {"windows1254", "CP1254"},
    {"win1255", "CP1255"},
    {"windows1255", "CP1255"},
    {"win1256", "CP1256"},
    {"windows1256", "CP1256"},
    {"win1257", "CP1257"},
    {"windows1257", "CP1257"},
    {"win1258", "CP1258"},
    {"windows1258", "CP1258"},
    {"abc", "CP1258"},
    {"tcvn", "CP1258"},
    {"tcvn5712", "CP1258"},
    {"vscii", "CP1258"},
    {"euccn", "EUC-CN"},
    {"eucjp", "EUC-JP"},
    {"eucjis2004", "EUC-JISX0213"},
    {"euckr", "EUC-KR"},
    {"euctw", "EUC-TW"},
    {"johab", "JOHAB"},
    {"sjis", "SJIS"},
    {"mskanji", "SJIS"},
    {"shiftjis", "SJIS"},
    {"win932", "CP932"},
    {"windows932", "CP932"},
    {"shiftjis2004", "SHIFT_JISX0213"},
    {"big5", "BIG5"},
    {"win950", "CP950"},
    {"windows950", "CP950"},
    {"gbk", "GBK"},
    {"win936", "CP936"},
    {"windows936", "CP936"},
    {"gb18030", "GB18030"},
    {"uhc", "UHC"},
    {"win949", "UHC"},
    {"windows949", "UHC"},
};

/* The next letter or digit of a name, in lower case; 0 at its end. */
static char next_letter(struct slice *name)
{
    while (name->len > 0) {
        char c = name->data[0], lower = (char)(c | 0x20);
        name->data++;
        name->len--;
        if (c >= '0' && c <= '9')
            return c;
        if (lower >= 'a' && lower <= 'z')
            return lower;
    }
    return '\0';
}

static bool is_name(struct slice written, const char *name)
{
    for (;; name++) {
        char c = next_letter(&written);
        if (c != *name)
            return false;
        if (!c)
            return true;
    }
}

const char *copy_encoding(struct slice name)
{
    for (size_t i = 0; i < ARRAY_LEN(encodings); i++) {
        if (is_name(name, encodings[i].name))
            return encodings[i].iconv;
    }
    return NULL;
}
