import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.TimeZone;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Sessions: errors, transactions, settings. */
final class Sessions {
    /** A text that fails, its SQLSTATE, and where (0: it is not said). */
    private record Failure(String sql, String code, int position, Object... parameters) {}

    private static final Failure[] FAILURES = {
        new Failure("selec 1", "42601", 1), new Failure("select 1 frm x y", "42601", 14), new Failure("select nosuch", "42703", 8),
        new Failure("select * from nosuch", "42P01", 15), new Failure("select nofunction(1)", "42883", 8), new Failure("select 'x'::int4", "22P02", 0),
        new Failure("select ?::int4", "22P02", 0, "x"), new Failure("select ?::int2", "22003", 0, 70000), new Failure("select 70000::int4::int2", "22003", 0),
        new Failure("select ?::uuid", "22P02", 0, "x"), new Failure("insert into strict values (1, 1)", "23505", 0),
        new Failure("insert into strict values (?, null)", "23502", 0, 2), new Failure("insert into strict values (?, ?)", "23514", 0, 3, 10),
        new Failure("create table strict (a int4)", "42P07", 0),
    };

    static void check(Main.Mode mode) throws Exception {
        Suite.with(mode.settings(), connection -> {
            Suite.execute(connection, "drop table if exists strict", "create table strict (a int4 primary key, b int4 not null, check (b < 9))",
                "insert into strict values (1, 1)");
            for (Failure failure : FAILURES) Suite.check(mode.name() + ": error of " + failure.sql, () -> failing(connection, failure));
            Suite.execute(connection, "drop table strict");
        });
        Suite.check(mode.name() + ": commit and rollback", () -> Suite.with(mode.settings(), Sessions::commit));
        Suite.check(mode.name() + ": an error inside a transaction", () -> Suite.with(mode.settings(), Sessions::aborted));
        Suite.check(mode.name() + ": a connection that only reads", () -> Suite.with(mode.settings(), Sessions::readOnly));
        Suite.check(mode.name() + ": isolation levels", () -> Suite.with(mode.settings(), Sessions::isolation));
        Suite.check(mode.name() + ": isValid", () -> Suite.with(mode.settings(), connection -> Suite.equal(connection.isValid(5), true, "valid")));
    }

    static void checkOnce() {
        Suite.check("the server's version", () -> Suite.with(new String[0], Sessions::version));
        Suite.check("application name", () -> Suite.with(new String[] {"ApplicationName", "jdbc suite"}, Sessions::applicationName));
        Suite.check("the session's time zone is the results'", Sessions::timeZone);
        Suite.check("warnings", () -> Suite.with(new String[0], Sessions::warnings));
        Suite.check("current schema and catalog", () -> Suite.with(new String[0], Sessions::names));
        Suite.check("no such database", () -> Suite.fails("3D000", () -> Suite.connect("database", "nosuch").close()));
        Suite.check("options", () -> Suite.with(new String[] {"options", "-c statement_timeout=7s"}, connection ->
            Suite.equal(Suite.one(connection, "show statement_timeout"), "7s", "statement_timeout")));
    }

    private static void failing(Connection connection, Failure failure) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement(failure.sql)) {
            for (int turn = 0; turn < 7; turn++) {
                for (int i = 0; i < failure.parameters.length; i++) statement.setObject(i + 1, failure.parameters[i]);
                PSQLException error = Suite.fails(failure.code, statement::execute);
                ServerErrorMessage message = error.getServerErrorMessage();
                Suite.equal(message.getSeverity(), "ERROR", "severity");
                if (failure.position != 0) Suite.equal(message.getPosition(), failure.position, "position");
            }
        }
        Suite.equal(Suite.one(connection, "select 1"), "1", "afterwards");
    }

    private static void commit(Connection connection) throws Exception {
        Suite.execute(connection, "drop table if exists block", "create table block (a int4)");
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("insert into block values (?)")) {
            for (int turn = 0; turn < 7; turn++) {
                insert.setInt(1, turn);
                insert.executeUpdate();
                connection.rollback();
                insert.executeUpdate();
                connection.commit();
            }
        }
        Suite.equal(Suite.one(connection, "select count(*) from block"), "7", "rows");
        connection.commit();
        try (Connection other = Suite.connect()) {
            Suite.execute(connection, "insert into block values (8)");
            Suite.equal(Suite.one(other, "select count(*) from block"), "7", "rows seen by another");
            connection.commit();
            Suite.equal(Suite.one(other, "select count(*) from block"), "8", "rows seen by another");
        }
        connection.setAutoCommit(true);
        Suite.execute(connection, "drop table block");
    }

    private static void aborted(Connection connection) throws Exception {
        Suite.execute(connection, "drop table if exists failing", "create table failing (a int4)");
        connection.setAutoCommit(false);
        Suite.execute(connection, "insert into failing values (1)");
        Suite.fails("42703", () -> Suite.one(connection, "select nosuch"));
        Suite.fails("25P02", () -> Suite.one(connection, "select 1"));
        connection.rollback();
        Suite.equal(Suite.one(connection, "select count(*) from failing"), "0", "rows");
        connection.commit();
        connection.setAutoCommit(true);
        Suite.execute(connection, "drop table failing");
    }

    private static void readOnly(Connection connection) throws Exception {
        Suite.execute(connection, "drop table if exists reading", "create table reading (a int4)");
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        Suite.equal(Suite.one(connection, "select count(*) from reading"), "0", "rows");
        Suite.fails("25006", () -> Suite.execute(connection, "insert into reading values (1)"));
        connection.rollback();
        connection.setReadOnly(false);
        Suite.execute(connection, "insert into reading values (1)", "drop table reading");
        connection.commit();
    }

    private static void isolation(Connection connection) throws Exception {
        int[] levels = {Connection.TRANSACTION_READ_UNCOMMITTED, Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_REPEATABLE_READ, Suite.ISOLATION};
        for (int level : levels) {
            connection.setTransactionIsolation(level);
            connection.setAutoCommit(false);
            Suite.equal(connection.getTransactionIsolation(), level, "level");
            Suite.equal(Suite.one(connection, "select 1"), "1", "value");
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private static void version(Connection connection) throws Exception {
        DatabaseMetaData data = connection.getMetaData();
        Suite.equal(data.getDatabaseProductName(), "PostgreSQL", "name");
        Suite.equal(data.getDatabaseMajorVersion(), 15, "major version");
        Suite.equal(data.getDatabaseProductVersion(), Suite.one(connection, "show server_version"), "version");
    }

    private static void applicationName(Connection connection) throws Exception {
        Suite.equal(Suite.one(connection, "show application_name"), "jdbc suite", "application_name");
        connection.setClientInfo("ApplicationName", "other");
        Suite.equal(Suite.one(connection, "select current_setting('application_name')"), "other", "application_name");
        Suite.equal(connection.unwrap(PGConnection.class).getParameterStatus("application_name"), "other", "reported");
    }

    /** The driver sends the virtual machine's zone as the session's. */
    private static void timeZone() throws Exception {
        TimeZone before = TimeZone.getDefault();
        String[][] zones = {{"America/New_York", "2024-07-01 08:00:00-04"}, {"Asia/Kolkata", "2024-07-01 17:30:00+05:30"}, {"UTC", "2024-07-01 12:00:00+00"}};
        try {
            for (String[] zone : zones) {
                TimeZone.setDefault(TimeZone.getTimeZone(zone[0]));
                try (Connection connection = Suite.connect()) {
                    Suite.equal(Suite.one(connection, "show timezone"), zone[0], "zone");
                    Suite.equal(Suite.one(connection, "select '2024-07-01 12:00:00+00'::timestamptz::text"), zone[1], "cast to text");
                    Suite.equal(Suite.one(connection, "select '2024-07-01 12:00:00+00'::timestamptz"), zone[1], "text");
                    Suite.execute(connection, "set timezone to 'Asia/Tokyo'");
                    Suite.equal(Suite.one(connection, "select '2024-07-01 12:00:00+00'::timestamptz::text"), "2024-07-01 21:00:00+09", "changed");
                }
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private static void warnings(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute("rollback");
            Suite.equal(statement.getWarnings() == null ? null : statement.getWarnings().getSQLState(), "25P01", "a warning");
        }
    }

    private static void names(Connection connection) throws Exception {
        Suite.equal(connection.getCatalog(), System.getenv("PGDATABASE"), "catalog");
        Suite.equal(connection.getSchema() == null, false, "a schema");
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("select current_user")) {
            Suite.equal(rows.next(), true, "a row");
        }
    }
}
