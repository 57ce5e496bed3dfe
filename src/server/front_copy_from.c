/* front_copy_from.c - the data of COPY … FROM STDIN, as libpgwire hands it over. */
#include "server/copy_from.h"
#include "server/front_rows.h"

void front_copy_from(const struct front *front, struct copy_from *copy,
                     struct pgw_reply *reply)
{
    copy_from_begin(copy, front->session);
    reply->kind = PGW_REPLY_COPY_IN;
    reply->copy = copy;
    reply->copy_format =
        copy_from_is_binary(copy) ? PGW_BINARY_FORMAT : PGW_TEXT_FORMAT;
    reply->column_count = copy_from_columns(copy);
}

static enum pgw_status copy_data(void *copy, struct pgw_slice data,
                                 struct pgw_error *err)
{
    enum pgw_status status =
        copy_from_data(copy, (struct slice){data.data, data.len}, err);
    if (status == PGW_ERROR)
        copy_from_free(copy);
    return status;
}

static enum pgw_status copy_done(void *copy, struct pgw_reply *reply,
                                 struct pgw_error *err)
{
    enum pgw_status status = copy_from_done(copy, &reply->affected, err);
    if (status != PGW_WAIT)
        copy_from_free(copy);
    return status;
}

static void copy_fail(void *copy, struct pgw_slice reason)
{
    (void)reason;
    copy_from_free(copy);
}

const struct pgw_copy_ops front_copy_ops = {
    .data = copy_data, .done = copy_done, .fail = copy_fail};
