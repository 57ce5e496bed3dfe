import static java.sql.Types.OTHER;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGobject;

/** Values: as text, as Java's types, as parameters, with what the driver knows of their types. */
final class Values {
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final byte[] BYTES = {0, (byte) 255, 39, 92};
    private static final LocalDate LEAP = LocalDate.of(2024, 2, 29);
    private static final LocalTime TIME = LocalTime.of(12, 34, 56, 789012000);
    private static final OffsetDateTime MOMENT = LEAP.atTime(TIME).atOffset(ZoneOffset.UTC);

    /** A value: its SQL, the class asked for (null: the default one), what must come. */
    private record Native(String sql, Class<?> type, Object expected) {}

    private static Native of(String sql, Class<?> type, Object expected) {
        return new Native(sql, type, expected);
    }

    private static PGobject object(String type, String text) {
        try {
            PGobject object = new PGobject();
            object.setType(type);
            object.setValue(text);
            return object;
        } catch (java.sql.SQLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static PGInterval interval() {
        return new PGInterval(1, 2, 3, 4, 5, 6.789);
    }

    private static final Native[] NATIVES = {
        of("true", null, true), of("'f'::bool", Boolean.class, false),
        of("'-7'::int2", null, -7), of("'-32768'::int2", Short.class, (short) -32768), of("'-70000'::int4", null, -70000),
        of("'9223372036854775807'::int8", null, 9223372036854775807L), of("'-9223372036854775808'::int8", Long.class, Long.MIN_VALUE),
        of("'1.5'::float4", null, 1.5f), of("'0.1'::float4", Float.class, 0.1f), of("'0.1'::float8", null, 0.1),
        of("'-0'::float8", Double.class, -0.0), of("'NaN'::float8", null, Double.NaN),
        of("'Infinity'::float8", null, Double.POSITIVE_INFINITY), of("'-Infinity'::float4", null, Float.NEGATIVE_INFINITY),
        of("'1e-45'::float4", null, 1e-45f), of("'5e-324'::float8", null, 5e-324), of("'1e300'::float8", null, 1e300),
        of("'1.50'::numeric(10,2)", null, new BigDecimal("1.50")), of("'0'::numeric(10,2)", null, new BigDecimal("0.00")),
        of("'10000'::numeric(38,10)", BigDecimal.class, new BigDecimal("10000.0000000000")),
        of("'99999999999999999999999999999999999999'::numeric(38,0)", null, new BigDecimal("99999999999999999999999999999999999999")),
        of("'-1234567890123456789012345678.9012345678'::numeric(38,10)", null, new BigDecimal("-1234567890123456789012345678.9012345678")),
        of(Suite.HUGEINT, null, new BigDecimal("170141183460469231731687303715884105727")),
        of(Suite.UBIGINT, BigDecimal.class, new BigDecimal("18446744073709551615")),
        of("'naïve 🦆'::text", null, "naïve 🦆"), of("''::text", String.class, ""), of("'one'::varchar(20)", null, "one"),
        of(Suite.BYTES, null, BYTES), of(Suite.BYTES, byte[].class, BYTES),
        of("'2024-02-29'::date", null, Date.valueOf("2024-02-29")), of("'2024-02-29'::date", LocalDate.class, LEAP),
        of("'0001-01-01'::date", LocalDate.class, LocalDate.of(1, 1, 1)), of("'infinity'::date", LocalDate.class, LocalDate.MAX),
        of("'12:34:56'::time", null, Time.valueOf("12:34:56")), of("'12:34:56.789012'::time", LocalTime.class, TIME),
        of("'12:34:56.789012+05:30'::timetz", OffsetTime.class, OffsetTime.of(TIME, ZoneOffset.ofHoursMinutes(5, 30))),
        of("'2024-02-29 12:34:56.789012'::timestamp", null, Timestamp.valueOf("2024-02-29 12:34:56.789012")),
        of("'2024-02-29 12:34:56.789012'::timestamp", LocalDateTime.class, LEAP.atTime(TIME)),
        of("'0001-01-01 00:00:00'::timestamp", LocalDateTime.class, LocalDateTime.of(1, 1, 1, 0, 0)),
        of("'infinity'::timestamp", LocalDateTime.class, LocalDateTime.MAX),
        of("'2024-02-29 14:34:56.789012+02'::timestamptz", null, Timestamp.from(MOMENT.toInstant())),
        of("'2024-02-29 14:34:56.789012+02'::timestamptz", OffsetDateTime.class, MOMENT),
        of("'-infinity'::timestamptz", OffsetDateTime.class, OffsetDateTime.MIN),
        of("'1 year 2 mons 3 days 04:05:06.789'::interval", null, interval()),
        of("'00112233-4455-6677-8899-aabbccddeeff'::uuid", null, ID), of("'00112233-4455-6677-8899-aabbccddeeff'::uuid", UUID.class, ID),
        of("'{\"a\": [1, null]}'::json", null, object("json", "{\"a\": [1, null]}")), of("'17'::json", null, object("json", "17")),
        of("'very happy'::mood", null, "very happy"),
        of("array[1, null, -3]::int4[]", null, new Integer[] {1, null, -3}), of("array[]::int4[]", null, new Integer[] {}),
        of("array[array[1, 2], array[3, null]]::int4[][]", null, new Integer[][] {{1, 2}, {3, null}}),
        of("array[1, null]::int2[]", null, new Short[] {1, null}), of("array[9007199254740993, null]::int8[]", null, new Long[] {9007199254740993L, null}),
        of("array['0.1', null, 'NaN']::float8[]", null, new Double[] {0.1, null, Double.NaN}), of("array['1.5', null]::float4[]", null, new Float[] {1.5f, null}),
        of("array['1.50', null]::numeric(10,2)[]", null, new BigDecimal[] {new BigDecimal("1.50"), null}),
        of("array[true, null, false]", null, new Boolean[] {true, null, false}),
        of("array['a,b', 'c\"d', null, 'NULL', '', '\\', '{x}']::text[]", null, new String[] {"a,b", "c\"d", null, "NULL", "", "\\", "{x}"}),
        of("array[array['a', null], array['', 'NULL']]::text[][]", null, new String[][] {{"a", null}, {"", "NULL"}}),
        of("array['2024-02-29', null]::date[]", null, new Date[] {Date.valueOf("2024-02-29"), null}),
        of("array['2024-02-29 12:34:56.5', null]::timestamp[]", null, new Timestamp[] {Timestamp.valueOf("2024-02-29 12:34:56.5"), null}),
        of("array['2024-02-29 12:00:00+00', null]::timestamptz[]", null, new Timestamp[] {Timestamp.from(Instant.parse("2024-02-29T12:00:00Z")), null}),
        of("array['00112233-4455-6677-8899-aabbccddeeff', null]::uuid[]", null, new UUID[] {ID, null}),
        of("array[" + Suite.BYTES + ", null]", null, new byte[][] {BYTES, null}),
        of("array['sad', null, 'very happy']::mood[]", null, new String[] {"sad", null, "very happy"}),
        of("null::int4", null, null), of("null::text", String.class, null), of("null::int4[]", null, null), of("null", null, null),
    };

    static void makeMood(Connection connection) throws Exception {
        Suite.execute(connection, "drop type if exists mood", Suite.MOOD);
    }

    static void check(Main.Mode mode) throws Exception {
        texts(mode);
        Suite.with(mode.settings(), connection -> {
            for (Native one : NATIVES) {
                Suite.check(mode.name() + ": " + one.sql + (one.type == null ? "" : " as " + one.type.getSimpleName()),
                    () -> natives(connection, one));
            }
            parameters(mode, connection);
            Suite.check(mode.name() + ": rows of every type", () -> rows(mode, connection));
            Suite.check(mode.name() + ": metadata of results", () -> metadata(connection));
            if (mode.prepares()) Suite.check(mode.name() + ": metadata of parameters", () -> parameterMetadata(connection));
        });
    }

    /** What the server wrote, by the simple texts of a plain Statement. */
    private static void texts(Main.Mode mode) throws Exception {
        boolean binary = List.of(mode.settings()).contains("-1") || List.of(mode.settings()).contains("true");
        if (binary) return;
        Suite.with(mode.settings(), connection -> {
            for (Suite.Value value : Suite.values()) {
                Suite.check(mode.name() + ": " + value.sql(), () -> {
                    try (Statement statement = connection.createStatement();
                         ResultSet rows = statement.executeQuery("select " + value.sql())) {
                        rows.next();
                        Suite.equal(rows.getString(1), value.text(), "text");
                    }
                });
            }
        });
    }

    /** Again and again: at the threshold the driver turns to a named statement, and to binary. */
    private static void natives(Connection connection, Native one) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement("select " + one.sql + " as v")) {
            for (int turn = 0; turn < 7; turn++) {
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    Object value = one.type == null ? rows.getObject(1) : rows.getObject(1, one.type);
                    if (value instanceof Array array) value = array.getArray();
                    Suite.equal(value, one.expected, "turn " + turn);
                    Suite.equal(rows.wasNull(), one.expected == null, "wasNull");
                }
            }
        }
    }

    private interface Setter {
        void set(PreparedStatement statement, int index) throws Exception;
    }

    /** A parameter: the type it is cast to, how it is set, the class and value read back. */
    private record Parameter(String type, Setter setter, Class<?> read, Object expected) {}

    private static Parameter given(String type, Object value) {
        return new Parameter(type, (s, i) -> s.setObject(i, value), value.getClass(), value);
    }

    private static Parameter array(String type, String element, Object[] values) {
        return new Parameter(type, (s, i) -> s.setArray(i, s.getConnection().createArrayOf(element, values)), null, values);
    }

    private static final Parameter[] PARAMETERS = {
        given("bool", true), given("int4", -70000), given("int8", 9007199254740993L), given("float4", 1.5f), given("float8", 0.1),
        given("float8", Double.NaN), given("float8", Double.NEGATIVE_INFINITY), given("float8", -0.0),
        new Parameter("int2", (s, i) -> s.setShort(i, (short) -7), Short.class, (short) -7),
        given("numeric(38,10)", new BigDecimal("-1234567890123456789012345678.9012345678")), given("numeric(10,2)", new BigDecimal("1.50")),
        given("numeric(38,0)", new BigDecimal("99999999999999999999999999999999999999")),
        given("text", "it's \"naïve\" \\ 🦆 ? :x"), given("text", ""), given("varchar(20)", "one"),
        given("bytea", BYTES), given("bytea", new byte[0]),
        given("date", LEAP), given("date", Date.valueOf("1815-12-10")), given("time", TIME), given("time", Time.valueOf("23:59:59")),
        given("timetz", OffsetTime.of(TIME, ZoneOffset.ofHours(-8))),
        given("timestamp", LEAP.atTime(TIME)), given("timestamp", Timestamp.valueOf("1815-12-10 01:02:03.000004")),
        given("timestamptz", MOMENT), new Parameter("timestamptz", (s, i) -> s.setTimestamp(i, Timestamp.from(MOMENT.toInstant())), OffsetDateTime.class, MOMENT),
        new Parameter("interval", (s, i) -> s.setObject(i, interval()), null, interval()),
        given("uuid", ID), new Parameter("uuid", (s, i) -> s.setString(i, ID.toString()), UUID.class, ID),
        new Parameter("json", (s, i) -> s.setObject(i, object("json", "{\"a\": [1, null]}")), null, object("json", "{\"a\": [1, null]}")),
        new Parameter("json", (s, i) -> s.setObject(i, "{\"b\": 2}", OTHER), null, object("json", "{\"b\": 2}")),
        new Parameter("mood", (s, i) -> s.setObject(i, "ok", OTHER), null, "ok"),
        new Parameter("mood", (s, i) -> s.setString(i, "sad"), null, "sad"),
        new Parameter("int4", (s, i) -> s.setObject(i, "42", Types.INTEGER), Integer.class, 42),
        new Parameter(Suite.WHOLE, (s, i) -> s.setObject(i, 5, Types.NUMERIC), BigDecimal.class, new BigDecimal(5)),
        array("int4[]", "int4", new Integer[] {1, null, -3}), array("int4[]", "int4", new Integer[] {}),
        array("int4[][]", "int4", new Integer[][] {{1, 2}, {3, null}}), array("int8[]", "int8", new Long[] {9007199254740993L, null}),
        array("float8[]", "float8", new Double[] {0.1, null, Double.NaN}), array("bool[]", "bool", new Boolean[] {true, null}),
        array("text[]", "text", new String[] {"a,b", "c\"d", null, "NULL", "", "\\", "{x}"}),
        array("uuid[]", "uuid", new UUID[] {ID, null}), array("mood[]", "mood", new String[] {"sad", null, "very happy"}),
        array("numeric(10,2)[]", "numeric", new BigDecimal[] {new BigDecimal("1.50"), null}),
        array("date[]", "date", new Date[] {Date.valueOf("2024-02-29"), null}), array("bytea[]", "bytea", new byte[][] {BYTES, null}),
        array("timestamptz[]", "timestamptz", new Timestamp[] {Timestamp.from(MOMENT.toInstant()), null}),
    };

    private static void parameters(Main.Mode mode, Connection connection) throws Exception {
        for (int number = 0; number < PARAMETERS.length; number++) {
            Parameter one = PARAMETERS[number];
            Suite.check(mode.name() + ": parameter " + number + " " + one.type + " " + Suite.show(one.expected), () -> parameter(connection, one));
        }
        for (Suite.Value value : Suite.values()) {
            if (value.array() || !value.sql().equals(first(value.type()).sql())) continue;
            Suite.check(mode.name() + ": a null parameter of " + value.type(), () -> nulls(connection, value.sqlType()));
        }
        Suite.check(mode.name() + ": arrays for any()", () -> any(connection));
        Suite.check(mode.name() + ": parameters by their use", () -> inferred(connection));
    }

    private static Suite.Value first(String type) throws Exception {
        return Suite.values().stream().filter(value -> value.type().equals(type)).findFirst().orElseThrow();
    }

    private static void parameter(Connection connection, Parameter one) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement("select ?::" + one.type + " as v")) {
            for (int turn = 0; turn < 7; turn++) {
                one.setter.set(statement, 1);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    Object value = one.read == null ? rows.getObject(1) : rows.getObject(1, one.read);
                    if (value instanceof Array array) value = array.getArray();
                    Suite.equal(value, one.expected, "turn " + turn);
                }
            }
        }
    }

    private static void nulls(Connection connection, String type) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement("select ?::" + type + " as v, ?::" + type + "[] as a")) {
            for (int turn = 0; turn < 7; turn++) {
                statement.setNull(1, turn % 2 == 0 ? Types.NULL : OTHER);
                statement.setObject(2, null);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    Suite.equal(rows.getObject(1), null, "value");
                    Suite.equal(rows.getArray(2), null, "array");
                }
            }
        }
    }

    private static void any(Connection connection) throws Exception {
        String text = "select i from generate_series(1, 10) as t(i) where i = any(?) order by i";
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            for (int turn = 0; turn < 7; turn++) {
                statement.setArray(1, connection.createArrayOf("int8", new Long[] {3L, 7L + turn, 99L, null}));
                List<Long> found = new ArrayList<>();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) found.add(rows.getLong(1));
                }
                Suite.equal(found, turn < 4 ? List.of(3L, 7L + turn) : List.of(3L), "found");
            }
        }
        try (PreparedStatement statement = connection.prepareStatement("select 'b,c' = any(?)")) {
            statement.setArray(1, connection.createArrayOf("text", new String[] {"a", "b,c"}));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                Suite.equal(rows.getBoolean(1), true, "any of texts");
            }
        }
    }

    private static void inferred(Connection connection) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement("select ? + 1, ? || 'x', ? is null, 7 / ?")) {
            for (int turn = 0; turn < 7; turn++) {
                statement.setInt(1, 41);
                statement.setString(2, "y");
                statement.setNull(3, Types.INTEGER);
                statement.setDouble(4, 2);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    Suite.equal(List.of(rows.getInt(1), rows.getString(2), rows.getBoolean(3), rows.getDouble(4)), List.of(42, "yx", true, 3.5), "turn " + turn);
                }
            }
        }
    }

    private static final String COLUMNS = "id int4, b bool, i8 int8, f8 float8, n numeric(10,2), t text, x bytea, d date, ti time, ts timestamp, "
        + "tz timestamptz, iv interval, u uuid, j json, m mood, ia int4[], ta text[]";

    private static void fill(PreparedStatement statement, int id) throws Exception {
        Object[] values = {true, 5L, 2.5, new BigDecimal("-7.25"), "naïve", BYTES, LEAP, TIME, LEAP.atTime(TIME), MOMENT, interval(), ID};
        statement.setInt(1, id);
        for (int i = 0; i < values.length; i++) statement.setObject(i + 2, id % 2 == 0 ? null : values[i]);
        statement.setObject(14, id % 2 == 0 ? null : "{\"a\": 1}", OTHER);
        statement.setObject(15, id % 2 == 0 ? null : "ok", OTHER);
        statement.setArray(16, id % 2 == 0 ? null : statement.getConnection().createArrayOf("int4", new Integer[] {1, null}));
        statement.setArray(17, id % 2 == 0 ? null : statement.getConnection().createArrayOf("text", new String[] {"a", null}));
    }

    private static void rows(Main.Mode mode, Connection connection) throws Exception {
        // A simple query has literals: the engine reads one as an array where a cast says so.
        String arrays = mode.prepares() ? "?,?" : "?::int4[],?::text[]";
        Suite.execute(connection, "drop table if exists every", "create table every (" + COLUMNS + ")");
        try (PreparedStatement insert = connection.prepareStatement("insert into every values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?," + arrays + ")")) {
            for (int id = 0; id < 8; id++) {
                fill(insert, id);
                Suite.equal(insert.executeUpdate(), 1, "inserted");
            }
        }
        try (PreparedStatement select = connection.prepareStatement("select * from every order by id")) {
            for (int turn = 0; turn < 7; turn++) {
                try (ResultSet rows = select.executeQuery()) {
                    for (int id = 0; rows.next(); id++) row(rows, id);
                }
            }
        }
        Suite.equal(Suite.one(connection, "select count(*) from every where u = '" + ID + "' and n = -7.25 and m = 'ok' and ia[1] = 1"), "4", "found");
        Suite.execute(connection, "drop table every");
    }

    private static void row(ResultSet rows, int id) throws Exception {
        Suite.equal(rows.getInt("id"), id, "id");
        if (id % 2 == 0) {
            for (int column = 2; column <= 17; column++) Suite.equal(rows.getObject(column), null, "column " + column);
            return;
        }
        Suite.equal(rows.getObject("b"), true, "b");
        Suite.equal(rows.getLong("i8"), 5L, "i8");
        Suite.equal(rows.getDouble("f8"), 2.5, "f8");
        Suite.equal(rows.getBigDecimal("n"), new BigDecimal("-7.25"), "n");
        Suite.equal(rows.getString("t"), "naïve", "t");
        Suite.equal(rows.getBytes("x"), BYTES, "x");
        Suite.equal(rows.getObject("d", LocalDate.class), LEAP, "d");
        Suite.equal(rows.getObject("ti", LocalTime.class), TIME, "ti");
        Suite.equal(rows.getObject("ts", LocalDateTime.class), LEAP.atTime(TIME), "ts");
        Suite.equal(rows.getObject("tz", OffsetDateTime.class), MOMENT, "tz");
        Suite.equal(rows.getObject("iv"), interval(), "iv");
        Suite.equal(rows.getObject("u"), ID, "u");
        Suite.equal(rows.getString("j"), "{\"a\": 1}", "j");
        Suite.equal(rows.getString("m"), "ok", "m");
        Suite.equal(rows.getArray("ia").getArray(), new Integer[] {1, null}, "ia");
        Suite.equal(rows.getArray("ta").getArray(), new String[] {"a", null}, "ta");
    }

    /** A column's SQL, and what the driver says of its type: JDBC type, name, class, precision, scale. */
    private record Column(String sql, JDBCType type, String name, Class<?> java, int precision, int scale) {}

    private static final Column[] METADATA = {
        new Column("true", JDBCType.BIT, "bool", Boolean.class, 1, 0), new Column("1::int2", JDBCType.SMALLINT, "int2", Integer.class, 5, 0),
        new Column("1::int4", JDBCType.INTEGER, "int4", Integer.class, 10, 0), new Column("1::int8", JDBCType.BIGINT, "int8", Long.class, 19, 0),
        new Column("1::float4", JDBCType.REAL, "float4", Float.class, 8, 8), new Column("1::float8", JDBCType.DOUBLE, "float8", Double.class, 17, 17),
        new Column("1::numeric(10,2)", JDBCType.NUMERIC, "numeric", BigDecimal.class, 10, 2), new Column("'x'::text", JDBCType.VARCHAR, "text", String.class, Integer.MAX_VALUE, 0),
        new Column("'2024-02-29'::date", JDBCType.DATE, "date", Date.class, 13, 0), new Column("'12:00:00'::time", JDBCType.TIME, "time", Time.class, 15, 6),
        new Column("'12:00:00+00'::timetz", JDBCType.TIME, "timetz", Time.class, 21, 6),
        new Column("'2024-02-29 12:00:00'::timestamp", JDBCType.TIMESTAMP, "timestamp", Timestamp.class, 29, 6),
        new Column("'2024-02-29 12:00:00+00'::timestamptz", JDBCType.TIMESTAMP, "timestamptz", Timestamp.class, 35, 6),
        new Column("'1 day'::interval", JDBCType.OTHER, "interval", PGInterval.class, 49, 6), new Column("'" + ID + "'::uuid", JDBCType.OTHER, "uuid", UUID.class, Integer.MAX_VALUE, 0),
        new Column("'{}'::json", JDBCType.OTHER, "json", PGobject.class, Integer.MAX_VALUE, 0), new Column("array[1]::int4[]", JDBCType.ARRAY, "_int4", Array.class, 10, 0),
        new Column("array['x']::text[]", JDBCType.ARRAY, "_text", Array.class, Integer.MAX_VALUE, 0),
        new Column("'ok'::mood", JDBCType.VARCHAR, "mood", String.class, Integer.MAX_VALUE, 0), new Column("array['ok']::mood[]", JDBCType.ARRAY, "_mood", Array.class, Integer.MAX_VALUE, 0),
    };

    private static void metadata(Connection connection) throws Exception {
        StringBuilder text = new StringBuilder("select ");
        for (int i = 0; i < METADATA.length; i++) text.append(i == 0 ? "" : ", ").append(METADATA[i].sql).append(" as c").append(i);
        try (PreparedStatement statement = connection.prepareStatement(text.toString())) {
            ResultSetMetaData before = statement.getMetaData();
            if (before != null) described(before);
            try (ResultSet rows = statement.executeQuery()) {
                described(rows.getMetaData());
            }
        }
    }

    private static void described(ResultSetMetaData data) throws Exception {
        Suite.equal(data.getColumnCount(), METADATA.length, "columns");
        for (int i = 0; i < METADATA.length; i++) {
            Column column = METADATA[i];
            Suite.equal(data.getColumnLabel(i + 1), "c" + i, "label");
            Suite.equal(JDBCType.valueOf(data.getColumnType(i + 1)), column.type, "type of " + column.sql);
            Suite.equal(data.getColumnTypeName(i + 1), column.name, "type name of " + column.sql);
            Suite.equal(data.getColumnClassName(i + 1), column.java.getName(), "class of " + column.sql);
            Suite.equal(data.getPrecision(i + 1), column.precision, "precision of " + column.sql);
            Suite.equal(data.getScale(i + 1), column.scale, "scale of " + column.sql);
        }
    }

    private static void parameterMetadata(Connection connection) throws Exception {
        String text = "select ?::int4, ?::text, ?::numeric, ?::timestamptz, ?::uuid, ?::int4[], ? + 1::int8, ?::date";
        String[] names = {"int4", "text", "numeric", "timestamptz", "uuid", "_int4", "int8", "date"};
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            ParameterMetaData data = statement.getParameterMetaData();
            Suite.equal(data.getParameterCount(), names.length, "parameters");
            for (int i = 0; i < names.length; i++) Suite.equal(data.getParameterTypeName(i + 1), names[i], "parameter " + (i + 1));
        }
    }
}
