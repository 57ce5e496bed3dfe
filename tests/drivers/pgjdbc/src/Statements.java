import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postgresql.jdbc.PgConnection;

/** Statements: prepared ones, batches, streams, limits, cancels. */
final class Statements {
    private static final String ROWS = "select i as id, 'row ' || i as name, repeat('x', 60) as filling from generate_series(1, ?::int8) as t(i)";

    static void check(Main.Mode mode) throws Exception {
        Suite.check(mode.name() + ": a statement after its table has changed", () -> Suite.with(mode.settings(), Statements::changing));
        Suite.check(mode.name() + ": batches", () -> Suite.with(mode.settings(), Statements::batches));
        Suite.check(mode.name() + ": a batch that fails", () -> Suite.with(mode.settings(), Statements::failingBatch));
        Suite.check(mode.name() + ": fetch size", () -> Suite.with(mode.settings(), Statements::fetchSize));
        // In simple queries the driver has no way to say it.
        if (mode.prepares()) Suite.check(mode.name() + ": maximum of rows", () -> Suite.with(mode.settings(), Statements::maximum));
        Suite.check(mode.name() + ": generated keys", () -> Suite.with(mode.settings(), Statements::keys));
        Suite.check(mode.name() + ": several statements in one text", () -> Suite.with(mode.settings(), Statements::several));
        Suite.check(mode.name() + ": cancel", () -> Suite.with(mode.settings(), Statements::cancel));
    }

    static void checkOnce() {
        Suite.check("inserts rewritten to one", () -> Suite.with(new String[] {"reWriteBatchedInserts", "true"}, Statements::batches));
        Suite.check("two million rows", () -> Suite.with(new String[0], Statements::many));
        Suite.check("two million rows, binary", () -> Suite.with(new String[] {"prepareThreshold", "-1", "defaultRowFetchSize", "5000"}, Statements::many));
        Suite.check("query timeout", () -> Suite.with(new String[0], Statements::timeout));
        Suite.check("statement_timeout", () -> Suite.with(new String[] {"options", "-c statement_timeout=200"}, connection ->
            Suite.fails("57014", () -> Suite.one(connection, Suite.SLOW))));
    }

    private static int read(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** The driver prepares anew when the server says that a plan's result has changed. */
    private static void changing(Connection connection) throws Exception {
        Suite.execute(connection, "drop table if exists changing", "create table changing (a int4)", "insert into changing values (1)");
        try (PreparedStatement statement = connection.prepareStatement("select * from changing where a::int4 > ?")) {
            statement.setInt(1, 0);
            for (int turn = 0; turn < 7; turn++) Suite.equal(read(statement), 1, "turn " + turn);
            Suite.execute(connection, "alter table changing alter column a type text");
            for (int turn = 0; turn < 7; turn++) Suite.equal(read(statement), 1, "changed, turn " + turn);
            Suite.execute(connection, "alter table changing add column b int4");
            try (ResultSet rows = statement.executeQuery()) {
                Suite.equal(rows.getMetaData().getColumnCount(), 2, "columns");
            }
            Suite.execute(connection, "drop table changing");
            Suite.fails("42P01", () -> read(statement));
        }
    }

    private static void batches(Connection connection) throws Exception {
        Suite.execute(connection, "drop table if exists many", "create table many (a int4, b text, c numeric(10,2), d timestamptz)");
        try (PreparedStatement insert = connection.prepareStatement("insert into many values (?, ?, ?, ?)")) {
            for (int i = 0; i < 500; i++) {
                insert.setInt(1, i);
                insert.setString(2, i % 10 == 0 ? null : "b" + i);
                insert.setBigDecimal(3, new java.math.BigDecimal(i + ".25"));
                insert.setObject(4, java.time.OffsetDateTime.parse("2024-02-29T12:00:00Z").plusMinutes(i));
                insert.addBatch();
            }
            int[] counts = insert.executeBatch();
            Suite.equal(counts.length, 500, "counts");
            Suite.equal(Arrays.stream(counts).allMatch(count -> count == 1 || count == Statement.SUCCESS_NO_INFO), true, "each inserted one");
        }
        Suite.equal(Suite.one(connection, "select count(*) || ' ' || sum(a) || ' ' || count(b) || ' ' || sum(c) from many"), "500 124750 450 124875.00", "sums");
        try (Statement batch = connection.createStatement()) {
            batch.addBatch("update many set a = a + 1 where a < 10");
            batch.addBatch("delete from many where b is null");
            batch.addBatch("insert into many values (7, 'x', null, null)");
            Suite.equal(batch.executeBatch(), new int[] {10, 50, 1}, "counts of a batch of texts");
        }
        connection.setAutoCommit(false);
        try (PreparedStatement update = connection.prepareStatement("update many set b = ? where a = ?")) {
            for (int i = 100; i < 200; i++) {
                update.setString(1, "changed");
                update.setInt(2, i);
                update.addBatch();
            }
            Suite.equal(Arrays.stream(update.executeBatch()).sum(), 90, "updated");
        }
        connection.commit();
        connection.setAutoCommit(true);
        Suite.equal(Suite.one(connection, "select count(*) from many where b = 'changed'"), "90", "changed");
        Suite.execute(connection, "drop table many");
    }

    private static void failingBatch(Connection connection) throws Exception {
        Suite.execute(connection, "drop table if exists uniques", "create table uniques (a int4 primary key)");
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("insert into uniques values (?)")) {
            for (int value : new int[] {1, 2, 1, 3}) {
                insert.setInt(1, value);
                insert.addBatch();
            }
            try {
                insert.executeBatch();
                throw new AssertionError("the batch did not fail");
            } catch (BatchUpdateException error) {
                Suite.equal(error.getSQLState(), "23505", "SQLSTATE of " + error.getMessage());
                Suite.equal(error.getUpdateCounts().length <= 4, true, "counts");
            }
        }
        Suite.fails("25P02", () -> Suite.one(connection, "select 1"));
        connection.rollback();
        Suite.equal(Suite.one(connection, "select count(*) from uniques"), "0", "rows");
        connection.rollback();
        connection.setAutoCommit(true);
        Suite.execute(connection, "drop table uniques");
    }

    private static void fetchSize(Connection connection) throws Exception {
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
            statement.setFetchSize(100);
            for (int turn = 0; turn < 7; turn++) {
                statement.setLong(1, 1234);
                int count = 0;
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        Suite.equal(rows.getString("name"), "row " + ++count, "row");
                        if (count == 150) Suite.equal(Suite.one(connection, "select 'between'"), "between", "another statement");
                    }
                }
                Suite.equal(count, 1234, "rows, turn " + turn);
            }
            statement.setLong(1, 1000000);
            try (ResultSet rows = statement.executeQuery()) {
                Suite.equal(rows.next(), true, "a first row");
            }
        }
        Suite.equal(Suite.one(connection, "select 1"), "1", "after a result that was left");
        connection.commit();
    }

    private static void maximum(Connection connection) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
            statement.setMaxRows(17);
            for (int turn = 0; turn < 7; turn++) {
                statement.setLong(1, 1000);
                int count = 0;
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) Suite.equal(rows.getInt("id"), ++count, "id");
                }
                Suite.equal(count, 17, "rows");
            }
        }
        Suite.equal(Suite.one(connection, "select 1"), "1", "afterwards");
    }

    private static void keys(Connection connection) throws Exception {
        Suite.execute(connection, "drop table if exists keyed", "create table keyed (a int4, b text default 'given')");
        try (PreparedStatement insert = connection.prepareStatement("insert into keyed (a) values (?)", new String[] {"a", "b"})) {
            for (int turn = 0; turn < 7; turn++) {
                insert.setInt(1, turn);
                Suite.equal(insert.executeUpdate(), 1, "inserted");
                try (ResultSet rows = insert.getGeneratedKeys()) {
                    Suite.equal(rows.next(), true, "keys");
                    Suite.equal(rows.getInt("a") + rows.getString("b"), turn + "given", "keys");
                }
            }
        }
        Suite.execute(connection, "drop table keyed");
    }

    private static void several(Connection connection) throws Exception {
        Suite.execute(connection, "drop table if exists parts", "create table parts (a int4)");
        try (Statement statement = connection.createStatement()) {
            Suite.equal(statement.execute("insert into parts values (1), (2); select * from parts order by a; delete from parts"), false, "insert");
            Suite.equal(statement.getUpdateCount(), 2, "inserted");
            Suite.equal(statement.getMoreResults(), true, "select");
            try (ResultSet rows = statement.getResultSet()) {
                rows.next();
                Suite.equal(rows.getInt(1), 1, "row");
            }
            Suite.equal(statement.getMoreResults(), false, "delete");
            Suite.equal(statement.getUpdateCount(), 2, "deleted");
            Suite.equal(statement.getMoreResults() || statement.getUpdateCount() != -1, false, "the end");
        }
        Suite.execute(connection, "drop table parts");
        try (Statement statement = connection.createStatement()) {
            Suite.equal(statement.execute(""), false, "an empty text");
        }
    }

    /** The driver asks once for each statement, which may be before it has begun: after that
     *  it is asked in its name until it is heard. */
    private static void cancel(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            CompletableFuture<SQLException> ended = CompletableFuture.supplyAsync(() -> {
                try {
                    statement.executeQuery(Suite.SLOW);
                    return null;
                } catch (SQLException error) {
                    return error;
                }
            });
            for (int turn = 0; !within(ended, 200); turn++) {
                if (turn == 0) statement.cancel();
                else connection.unwrap(PgConnection.class).cancelQuery();
            }
            Suite.equal(ended.get() == null ? null : ended.get().getSQLState(), "57014", "SQLSTATE of " + ended.get());
        }
        Suite.equal(Suite.one(connection, "select 1"), "1", "afterwards");
    }

    private static boolean within(CompletableFuture<SQLException> ended, int milliseconds) throws Exception {
        try {
            ended.get(milliseconds, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException notYet) {
            return false;
        }
    }

    private static void many(Connection connection) throws Exception {
        connection.setAutoCommit(false);
        Suite.Memory memory = new Suite.Memory();
        try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
            statement.setFetchSize(10000);
            statement.setLong(1, 2_000_000);
            long count = 0;
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (rows.getLong(1) != ++count) throw new AssertionError("row " + count + " is " + rows.getLong(1));
                    if (count % 10000 == 0) memory.look();
                }
            }
            Suite.equal(count, 2_000_000L, "rows");
        }
        connection.commit();
        memory.staysBounded();
    }

    private static void timeout(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            Suite.fails("57014", () -> statement.executeQuery(Suite.SLOW));
        }
        Suite.equal(Suite.one(connection, "select 1"), "1", "afterwards");
    }
}
