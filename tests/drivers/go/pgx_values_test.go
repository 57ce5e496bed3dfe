package drivers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// modes are pgx's ways to send a query.
var modes = map[string]pgx.QueryExecMode{
	"cache_statement": pgx.QueryExecModeCacheStatement,
	"cache_describe":  pgx.QueryExecModeCacheDescribe,
	"describe_exec":   pgx.QueryExecModeDescribeExec,
	"exec":            pgx.QueryExecModeExec,
	"simple_protocol": pgx.QueryExecModeSimpleProtocol,
}

// formats asks for every column in one format.
func formats(format int16) pgx.QueryResultFormats { return pgx.QueryResultFormats{format} }

func isJSON(kind valueType) bool { return kind.Name == "json" || kind.Name == "jsonb" }

// native is what a program would have of a value: pgx's own, and JSON as text.
func native(t *testing.T, conn *pgx.Conn, kind valueType, v typedValue) (any, error) {
	t.Helper()
	if isJSON(kind) && v.array {
		var array pgtype.Array[*string]
		err := conn.QueryRow(background(t), "select "+v.literal()).Scan(&array)
		return array, err
	}
	if isJSON(kind) {
		return v.Text, nil
	}
	got, _, _, err := one(t, conn, "select "+v.literal())
	return got, err
}

// makeMood makes the enum; it goes with the test.
func makeMood(t *testing.T, conn *pgx.Conn, file valuesFile) {
	t.Helper()
	execPgx(t, conn, "drop type if exists mood")
	execPgx(t, conn, file.Enum.Create)
	t.Cleanup(func() { _, _ = conn.Exec(context.Background(), file.Enum.Drop) })
}

func execPgx(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(background(t), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// one is a query's only value, as pgx decodes it, and as the wire has it.
func one(t *testing.T, conn *pgx.Conn, sql string, args ...any) (any, []byte, uint32, error) {
	t.Helper()
	rows, err := conn.Query(background(t), sql, args...)
	if err != nil {
		return nil, nil, 0, err
	}
	defer rows.Close()
	if !rows.Next() {
		if rows.Err() != nil {
			return nil, nil, 0, rows.Err()
		}
		return nil, nil, 0, errors.New("no row")
	}
	raw := append([]byte{}, rows.RawValues()[0]...)
	oid := rows.FieldDescriptions()[0].DataTypeOID
	native, err := decode(rows)
	if err != nil {
		return nil, raw, oid, err
	}
	rows.Close()
	return native, raw, oid, rows.Err()
}

// decode is pgx's value of the first column; of arrays it keeps the dimensions.
func decode(rows pgx.Rows) (any, error) {
	values, err := rows.Values()
	if err != nil {
		return nil, err
	}
	kind, ok := rows.Conn().TypeMap().TypeForOID(rows.FieldDescriptions()[0].DataTypeOID)
	if !ok || values[0] == nil {
		return values[0], nil
	}
	if _, ok = kind.Codec.(*pgtype.ArrayCodec); !ok {
		return values[0], nil
	}
	var array pgtype.Array[any]
	err = rows.Scan(&array)
	return array, err
}

// same compares what pgx decodes: NaN is NaN, an instant has no zone.
func same(a, b any) bool {
	switch x := a.(type) {
	case float64:
		y, ok := b.(float64)
		return ok && (math.Float64bits(x) == math.Float64bits(y) || x != x && y != y)
	case float32:
		y, ok := b.(float32)
		return ok && (math.Float32bits(x) == math.Float32bits(y) || x != x && y != y)
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	case []time.Time:
		y, ok := b.([]time.Time)
		return ok && len(x) == 1 && len(y) == 1 && x[0].Equal(y[0])
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !same(x[i], y[i]) {
				return false
			}
		}
		return true
	case pgtype.Array[any]:
		y, ok := b.(pgtype.Array[any])
		return ok && reflect.DeepEqual(x.Dims, y.Dims) && same(x.Elements, y.Elements)
	case pgtype.Numeric:
		y, ok := b.(pgtype.Numeric)
		if ok && !x.NaN && !y.NaN && x.Int.Sign() == 0 && y.Int.Sign() == 0 {
			return true // pgx drops the scale of a binary zero
		}
		s, err1 := x.Value()
		r, err2 := y.Value()
		return ok && err1 == nil && err2 == nil && s == r
	default:
		return reflect.DeepEqual(a, b)
	}
}

func forTypes(t *testing.T, check func(t *testing.T, conn *pgx.Conn, kind valueType, v typedValue)) {
	file := readValues(t)
	conn := connectPgx(t, "")
	makeMood(t, conn, file)
	for _, kind := range file.Types {
		t.Run(kind.Name, func(t *testing.T) {
			for _, v := range kind.all() {
				check(t, conn, kind, v)
			}
		})
	}
}

// Literals: PostgreSQL's text, and the same value from text and from binary.
func TestPgxReads(t *testing.T) {
	forTypes(t, func(t *testing.T, conn *pgx.Conn, kind valueType, v typedValue) {
		sql := "select " + v.literal()
		fromText, raw, oid, err := one(t, conn, sql, formats(pgx.TextFormatCode))
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			return
		}
		if string(raw) != v.Text || v.oid != 0 && oid != v.oid {
			t.Errorf("%s: got %q of type %d, expected %q of %d", sql, raw, oid, v.Text, v.oid)
		}
		fromBinary, _, _, err := one(t, conn, sql, formats(pgx.BinaryFormatCode))
		if v.oid == 0 || v.oid == pgtype.TimetzOID || v.oid == 1270 {
			return // pgx knows the type as text only
		}
		if err != nil || !same(fromText, fromBinary) {
			t.Errorf("%s: %#v in text, %#v in binary (%v)", sql, fromText, fromBinary, err)
		}
	})
}

// What was read goes back as a parameter, in every mode, as pgx chooses its format.
func TestPgxParameters(t *testing.T) {
	forTypes(t, func(t *testing.T, conn *pgx.Conn, kind valueType, v typedValue) {
		native, err := native(t, conn, kind, v)
		if err != nil {
			t.Errorf("%s: %v", v.literal(), err)
			return
		}
		for name, mode := range modes {
			if untyped(mode, kind, v) {
				continue
			}
			sql := fmt.Sprintf("select $1::%s", v.typeName)
			args := []any{mode, formats(pgx.TextFormatCode), native}
			if mode == pgx.QueryExecModeSimpleProtocol {
				args = []any{mode, native} // it has no formats
			}
			_, raw, _, err := one(t, conn, sql, args...)
			if err != nil || string(raw) != v.Text {
				t.Errorf("%s of %q (%T) in mode %s: got %q, %v", sql, v.Text, native, name, raw, err)
			}
		}
		var nothing any
		got, _, _, err := one(t, conn, "select $1::"+v.typeName, nothing)
		if err != nil || got != nil {
			t.Errorf("select $1::%s of nil: %v, %v", v.typeName, got, err)
		}
	})
}

// untyped says whether a mode cannot know how to send a value: pgx then has only the Go type.
func untyped(mode pgx.QueryExecMode, kind valueType, v typedValue) bool {
	if mode != pgx.QueryExecModeExec && mode != pgx.QueryExecModeSimpleProtocol {
		return false
	}
	return v.array || isJSON(kind) || kind.Name == "uuid"
}

// Texts are accepted for every type, whatever format its parameters have.
func TestPgxTextParameters(t *testing.T) {
	forTypes(t, func(t *testing.T, conn *pgx.Conn, kind valueType, v typedValue) {
		if kind.Name == "bytea" {
			return // a string is its value
		}
		sql := fmt.Sprintf("select $1::%s", v.typeName)
		_, raw, _, err := one(t, conn, sql, formats(pgx.TextFormatCode), v.Text)
		if err != nil || string(raw) != v.Text {
			t.Errorf("%s of %q: got %q, %v", sql, v.Text, raw, err)
		}
	})
}

// Parameters take the types of the columns that they meet, and of arrays for ANY.
func TestPgxTables(t *testing.T) {
	file := readValues(t)
	conn := connectPgx(t, "")
	makeMood(t, conn, file)
	for _, kind := range file.Types {
		t.Run(kind.Name, func(t *testing.T) {
			table := "pgx_" + kind.Name
			execPgx(t, conn, "drop table if exists "+table)
			execPgx(t, conn, fmt.Sprintf("create table %s (id int4, v %s, a %s[], b %s[][])",
				table, kind.name(), kind.name(), kind.name()))
			defer execPgx(t, conn, "drop table "+table)
			checkTable(t, conn, kind, table)
		})
	}
}

func checkTable(t *testing.T, conn *pgx.Conn, kind valueType, table string) {
	t.Helper()
	var natives []any
	texts := []string{}
	for i, v := range kind.all() {
		native, err := native(t, conn, kind, v)
		if err != nil {
			t.Fatal(v.SQL, err)
		}
		if !v.array {
			natives = append(natives, native)
		}
		texts = append(texts, v.Text)
		execPgx(t, conn, "insert into "+table+" (id, "+v.column()+") values ($1, $2)", i, native)
	}
	execPgx(t, conn, "insert into "+table+" (id, v, a) values ($1, $2, $3)", -1, nil, nil)
	rows, err := conn.Query(background(t), "select v, a, b from "+table+" where id >= 0 order by id",
		formats(pgx.TextFormatCode))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; rows.Next(); i++ {
		raw := rows.RawValues()
		if got := string(raw[0]) + string(raw[1]) + string(raw[2]); got != texts[i] {
			t.Errorf("got %q, expected %q", got, texts[i])
		}
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	if kind.Name != "json" { // PostgreSQL has no equality for it
		var list any = natives[1:]
		if kind.Name == "timetz" || kind.Name == "mood" {
			list = kind.Arrays[0].Text // pgx does not know the array's type
		}
		checkAny(t, conn, table, list, natives)
	}
}

func checkAny(t *testing.T, conn *pgx.Conn, table string, list any, natives []any) {
	t.Helper()
	var count, id int
	err := conn.QueryRow(background(t),
		"select count(*) from "+table+" where id > 0 and v = any($1)", list).Scan(&count)
	if err != nil || count != len(natives)-1 {
		t.Errorf("any: %d of %d, %v", count, len(natives)-1, err)
	}
	err = conn.QueryRow(background(t), "select id from "+table+" where v = $1", natives[1]).Scan(&id)
	if err != nil || id != 1 {
		t.Errorf("equal: %d, %v", id, err)
	}
}

// Go's own types, without and with NULL.
func TestPgxNative(t *testing.T) {
	conn := connectPgx(t, "")
	moment := time.Date(2024, 2, 29, 12, 34, 56, 789012000, time.UTC)
	rows := []struct {
		name string
		v    any
	}{
		{"bool", true}, {"int2", int16(-7)}, {"int4", int32(-70000)}, {"int8", int64(1) << 40},
		{"float4", float32(0.5)}, {"float8", 0.1}, {"text", "λ"}, {"bytea", []byte{0, 255, 39}},
		{"timestamptz", moment}, {"timestamp", moment},
		{"date", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
		{"interval", 90 * time.Minute}, {"time", pgtype.Time{Microseconds: 3_600_000_000, Valid: true}},
		{"uuid", [16]byte{1, 2, 3}}, {"int4[]", []int32{1, 2, 3}}, {"text[]", []string{"a", "b,c", ""}},
		{"float8[]", []float64{0.5, math.Inf(1)}}, {"int8[]", []int64{}},
		{"timestamptz[]", []time.Time{moment}}, {"bool[]", []bool{true, false}},
		{"uuid[]", [][16]byte{{1}, {2}}}, {"int4[][]", [][]int32{{1, 2}, {3, 4}}},
		{"bytea[]", [][]byte{{0}, {1, 2}}},
	}
	for _, row := range rows {
		for _, format := range []int16{pgx.TextFormatCode, pgx.BinaryFormatCode} {
			target := reflect.New(reflect.TypeOf(row.v))
			err := conn.QueryRow(background(t), "select $1::"+row.name, formats(format), row.v).
				Scan(target.Interface())
			got := target.Elem().Interface()
			if err != nil || !same(got, row.v) {
				t.Errorf("%s in format %d: got %v, expected %v (%v)", row.name, format, got, row.v, err)
			}
			pointer := reflect.New(reflect.PtrTo(reflect.TypeOf(row.v)))
			err = conn.QueryRow(background(t), "select $1::"+row.name, formats(format), nil).
				Scan(pointer.Interface())
			if err != nil || !pointer.Elem().IsNil() {
				t.Errorf("%s NULL in format %d: %v", row.name, format, err)
			}
		}
	}
}

// JSON goes to and from Go's structures.
func TestPgxJSON(t *testing.T) {
	type thing struct {
		A []int
		B *string
	}
	conn := connectPgx(t, "")
	for _, name := range []string{"json", own("jsonb", "json")} {
		var got thing
		err := conn.QueryRow(background(t), "select $1::"+name, thing{A: []int{1, 2}}).Scan(&got)
		if err != nil || !reflect.DeepEqual(got, thing{A: []int{1, 2}}) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// Values that Go's time cannot hold, as pgtype has them.
func TestPgxExtremes(t *testing.T) {
	conn := connectPgx(t, "")
	for _, v := range readValues(t).Extremes {
		_, raw, _, err := one(t, conn, "select "+v.literal(), formats(pgx.TextFormatCode))
		if string(raw) != v.Text {
			t.Errorf("%s: got %q, %v", v.literal(), raw, err)
		}
	}
	for _, name := range []string{"date", "timestamp", "timestamptz"} {
		got, _, _, err := one(t, conn, "select '-infinity'::"+name)
		if err != nil || got != pgtype.NegativeInfinity {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		_, raw, _, err := one(t, conn, "select $1::"+name, formats(pgx.TextFormatCode),
			pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true})
		if name == "timestamptz" && (err != nil || string(raw) != "infinity") {
			t.Errorf("%s: %q, %v", name, raw, err)
		}
	}
}

func TestPgxEngineTypes(t *testing.T) {
	if !onWirehouse {
		t.Skip("PostgreSQL has no such types")
	}
	conn := connectPgx(t, "")
	for _, v := range readValues(t).Engine {
		fromText, raw, oid, err := one(t, conn, "select "+v.SQL, formats(pgx.TextFormatCode))
		if err != nil || string(raw) != v.Text || oid != v.OID {
			t.Errorf("%s: got %q of type %d, %v", v.SQL, raw, oid, err)
		}
		fromBinary, _, _, err := one(t, conn, "select "+v.SQL)
		if err != nil || !same(fromText, fromBinary) {
			t.Errorf("%s: %v in text, %v in binary, %v", v.SQL, fromText, fromBinary, err)
		}
	}
}

// An enum is known to pgx once it has asked the catalogue.
func TestPgxLoadType(t *testing.T) {
	file := readValues(t)
	conn := connectPgx(t, "")
	makeMood(t, conn, file)
	for _, name := range []string{"mood", "_mood"} {
		kind, err := conn.LoadType(background(t), name)
		if err != nil {
			t.Fatal(name, err)
		}
		conn.TypeMap().RegisterType(kind)
	}
	var moods []string
	err := conn.QueryRow(background(t), "select $1::mood[]", []string{"ok", "very happy"}).Scan(&moods)
	if err != nil || !reflect.DeepEqual(moods, []string{"ok", "very happy"}) {
		t.Error(moods, err)
	}
	var mood *string
	if err = conn.QueryRow(background(t), "select $1::mood", "sad").Scan(&mood); err != nil || *mood != "sad" {
		t.Error(mood, err)
	}
}
