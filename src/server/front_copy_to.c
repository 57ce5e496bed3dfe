/* front_copy_to.c - rows as the data of COPY … TO STDOUT. */
#include "server/copy_to.h"
#include "server/front_rows.h"

void front_copy_to(struct front_rows *rows, struct pgw_reply *reply)
{
    reply->kind = PGW_REPLY_COPY_OUT;
    reply->copy_style = &rows->copy->style;
}
