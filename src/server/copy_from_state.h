/* copy_from_state.h - the inside of COPY … FROM STDIN, for its files. */
#ifndef SERVER_COPY_FROM_STATE_H
#define SERVER_COPY_FROM_STATE_H

#include "server/copy_binary.h"
#include "server/copy_from.h"
#include "server/copy_lines.h"
#include "server/copy_recode_in.h"
#include "server/copy_stage.h"
#include "server/query_session.h"
#include "spool/spool_blob.h"

struct copy_from {
    struct arena arena; /* of everything below */
    struct query_session *session;
    pgw_session *protocol;
    struct slice text; /* of the statement, which is parsed once more */
    struct copy_statement statement;
    struct copy_options options;
    struct copy_column *columns;
    size_t column_count;
    struct query *insert; /* of what is staged */
    struct copy_lines lines;
    struct copy_binary binary;
    struct copy_recode recode; /* of an encoding that is not UTF-8 */
    bool is_recoded;           /* the data in hand has been … */
    struct slice recoded;      /* … and is this in UTF-8 */
    struct slice *fields;      /* of a row */
    struct copy_stage stage;
    struct spool_blob *file; /* of a format that has to be whole; or NULL */
    size_t consumed;         /* of the data in hand, before a WAIT */
    bool header_due;         /* the next line is the header */
    bool is_read;            /* the last row has been read */
    bool owns;               /* the transaction is its own */
    int64_t rows;            /* that were inserted */
    int64_t skipped;         /* rows with values that were not of their type */
};

/* The table's columns, what the options mean for them, and the INSERT: in a slot.
 * copy_from_table.c */
bool copy_from_prepare(struct copy_from *copy, struct slice text,
                       struct error *err) MUST_CHECK;

/* Prepare it anew, for what is staged now. */
bool copy_from_prepare_insert(struct copy_from *copy,
                              const struct engine_staged *staged,
                              struct error *err) MUST_CHECK;

/* An error of the INSERT; always PGW_ERROR. copy_from.c */
enum pgw_status copy_from_fail(const struct copy_from *copy, const struct error *from,
                               struct pgw_error *to);

/* copy_from_file.c: a file is put together, and read when it is whole. WAIT: nothing
 * was done. */
bool copy_from_file_open(struct copy_from *copy, struct error *err) MUST_CHECK;
enum pgw_status copy_from_file_data(struct copy_from *copy, struct slice data,
                                    struct pgw_error *err);
enum pgw_status copy_from_file_insert(struct copy_from *copy, struct pgw_error *err);

/* copy_from_rows.c: as many rows off the front of *data as the stage has room for.
 * MORE: it is full. OK: all data is used up. */
enum pgw_status copy_from_rows(struct copy_from *copy, struct slice *data,
                               struct pgw_error *err);
/* Say in which line an error happened; always PGW_ERROR. */
enum pgw_status copy_from_in_line(const struct copy_from *copy, struct pgw_error *err);
/* What is left when no more data will come. */
enum pgw_status copy_from_last_row(struct copy_from *copy, struct pgw_error *err);

#endif
