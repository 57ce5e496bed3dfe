import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.postgresql.util.PSQLException;

/** Checks with names and what is shared by them: connections, values, the servers' words. */
final class Suite {
    interface Run {
        void run() throws Exception;
    }

    interface WithConnection {
        void run(Connection connection) throws Exception;
    }

    /** A row of the shared values: of a type, or of an array of it. */
    record Value(String type, String sqlType, int oid, int arrayOid, boolean array, String sql, String text) {}

    static final boolean WIREHOUSE = "wirehouse".equals(System.getenv("SERVER_NAME"));

    // Everything in which the servers differ stands here.
    static final String BYTES = WIREHOUSE ? "unhex('00ff275c')" : "'\\x00ff275c'::bytea";
    static final String HUGEINT = "170141183460469231731687303715884105727::" + (WIREHOUSE ? "hugeint" : "numeric");
    static final String UBIGINT = "18446744073709551615::" + (WIREHOUSE ? "ubigint" : "numeric");
    /** Without a scale the engine's numeric has three digits behind the point. */
    static final String WHOLE = WIREHOUSE ? "numeric(18,0)" : "numeric";
    static final int ISOLATION = WIREHOUSE ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_SERIALIZABLE;

    static final String SLOW = "select count(*) from generate_series(1, 1000000) as a(i), "
        + "generate_series(1, 1000000) as b(j) where (i + j) % 7 = 3";
    static final String MOOD = System.getenv("MOOD");

    /** What the driver calls the variables of libpq, which it does not read. */
    private static final Map<String, String> SECURITY = Map.of("PGSSLMODE", "sslmode", "PGSSLROOTCERT", "sslrootcert",
        "PGPASSWORD", "password", "PGCHANNELBINDING", "channelBinding");

    private static int passed;
    private static int failed;

    static void check(String name, Run run) {
        try {
            run.run();
            passed++;
        } catch (Exception | AssertionError error) {
            failed++;
            String code = error instanceof SQLException sql ? " (" + sql.getSQLState() + ")" : "";
            System.out.println("FAILED " + name + code + "\n  " + String.valueOf(error).replace("\n", "\n  "));
            Throwable cause = error.getCause();
            if (cause != null) System.out.println("  because of " + cause);
        }
    }

    static void finish() {
        System.out.println(passed + " passed, " + failed + " failed, 0 skipped");
        System.exit(failed == 0 ? 0 : 1);
    }

    /** A connection; settings are pairs of a name and a value. */
    static Connection connect(String... settings) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", System.getenv("PGUSER"));
        SECURITY.forEach((variable, property) -> {
            if (System.getenv(variable) != null) properties.setProperty(property, System.getenv(variable));
        });
        for (int i = 0; i + 1 < settings.length; i += 2) properties.setProperty(settings[i], settings[i + 1]);
        return DriverManager.getConnection("jdbc:postgresql://" + System.getenv("PGHOST") + ":"
            + System.getenv("PGPORT") + "/" + properties.getOrDefault("database", System.getenv("PGDATABASE")), properties);
    }

    static void with(String[] settings, WithConnection run) throws Exception {
        try (Connection connection = connect(settings)) {
            run.run(connection);
        }
    }

    static void execute(Connection connection, String... texts) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String text : texts) statement.execute(text);
        }
    }

    static String one(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(text)) {
            rows.next();
            return rows.getString(1);
        }
    }

    static void equal(Object got, Object expected, String of) {
        if (!Objects.deepEquals(got, expected)) {
            throw new AssertionError(of + ": expected " + show(expected) + ", got " + show(got));
        }
    }

    static String show(Object value) {
        String text = value instanceof Object[] array ? Arrays.deepToString(array)
            : value instanceof byte[] bytes ? Arrays.toString(bytes)
            : value instanceof int[] ints ? Arrays.toString(ints) : String.valueOf(value);
        return text + (value == null ? "" : " (" + value.getClass().getSimpleName() + ")");
    }

    static PSQLException fails(String code, Run run) throws Exception {
        try {
            run.run();
        } catch (PSQLException error) {
            equal(error.getSQLState(), code, "SQLSTATE of " + error.getMessage());
            return error;
        }
        throw new AssertionError("expected an error " + code);
    }

    static List<Value> values() throws IOException {
        List<Value> all = new ArrayList<>();
        for (String line : Files.readString(Path.of(System.getenv("VALUES"))).split("\u001e")) {
            String[] field = line.split("\u001f", -1);
            all.add(new Value(field[0], field[1], Integer.parseInt(field[2]), Integer.parseInt(field[3]),
                field[4].equals("array"), field[5], field[6]));
        }
        return all;
    }

    private static long resident() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + System.getenv("server_pid") + "/status"))) {
                if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        } catch (IOException gone) {
            throw new AssertionError("the server is gone");
        }
        return 0;
    }

    /** The server's memory while a result is read. PostgreSQL has a process for each
     *  connection and is not measured. */
    static final class Memory {
        private final long before = WIREHOUSE ? resident() : 0;
        private long peak = before;

        void look() {
            if (WIREHOUSE) peak = Math.max(peak, resident());
        }

        void staysBounded() {
            if (peak - before > 200) throw new AssertionError("the server grew by " + (peak - before) + " MB");
        }
    }
}
