/* answer.cc - the same from C++17, where tables are filled member by member. */
#include <pgwire/server.h>
#include <pgwire/session.h>

#include <cstdio>
#include <string>

namespace
{

extern "C" enum pgw_status next(void *, pgw_row *row, pgw_error *)
{
    const std::string version = pgw_version();
    pgw_row_begin(row);
    pgw_put_int(row, PGW_VERSION_NUMBER);
    pgw_put_text(row, version.data(), version.size());
    pgw_row_end(row);
    return PGW_OK;
}

extern "C" enum pgw_status query(void *, pgw_session *, pgw_slice *sql, pgw_reply *reply,
                                 pgw_error *)
{
    static pgw_rows_ops rows = {};
    static pgw_column columns[2] = {};
    rows.next = next;
    columns[0].name = "headers";
    columns[0].type_oid = PGW_INT4OID;
    columns[1].name = "library";
    columns[1].type_oid = PGW_TEXTOID;
    *sql = pgw_slice{};
    reply->kind = PGW_REPLY_ROWS;
    reply->tag = "SELECT";
    reply->columns = columns;
    reply->column_count = 2;
    reply->rows.ops = &rows;
    return PGW_OK;
}

} // namespace

int main()
{
    pgw_simple_ops simple = {};
    pgw_handlers handlers = {};
    pgw_server_options options = {};
    pgw_error err;
    simple.query = query;
    handlers.simple = &simple;
    options.listen = "127.0.0.1:0";
    pgw_server *server = pgw_server_new(&handlers, nullptr, &options, &err);
    if (!server) {
        std::fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    std::printf("listening on port %u\n", pgw_server_port(server));
    std::fflush(stdout);
    int code = pgw_server_run(server);
    pgw_server_free(server);
    return code;
}
