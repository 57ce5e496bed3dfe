/* json.c - results as JSON. */
#include "encode/json.h"

#include "pgwire/plan.h"
#include "pgwire/render.h"

bool json_put_text(struct buf *out, const char *text)
{
    return buf_append(out, text, strlen(text));
}

bool json_put_string(struct buf *out, const char *text)
{
    return render_json_string(out, slice_of(text));
}

bool json_put_column(struct buf *out, const char *name, const struct type *type)
{
    return json_put_text(out, "{\"name\":") && json_put_string(out, name) &&
           json_put_text(out, ",\"type\":") &&
           json_put_string(out, plan_type_name(type)) && json_put_text(out, "}");
}

const char *json_put_row(struct buf *out, const struct batch *batch, size_t row)
{
    for (size_t i = 0; i < batch->column_count; i++) {
        if (!json_put_text(out, i == 0 ? "[" : ","))
            return "53200";
        const char *failure = render_json(out, &batch->columns[i], row);
        if (failure)
            return failure;
    }
    if (batch->column_count == 0 && !json_put_text(out, "["))
        return "53200";
    return json_put_text(out, "]") ? NULL : "53200";
}
