package drivers

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
)

// pqModes are lib/pq's two ways to send parameters.
var pqModes = []string{"binary_parameters=no", "binary_parameters=yes"}

// pqCode is the SQLSTATE of an error, or its text.
func pqCode(err error) string {
	var server *pq.Error
	if errors.As(err, &server) {
		return string(server.Code)
	}
	return fmt.Sprint(err)
}

func execPq(t *testing.T, db interface {
	Exec(string, ...any) (sql.Result, error)
}, statement string, args ...any) sql.Result {
	t.Helper()
	result, err := db.Exec(statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return result
}

func tablePq(t *testing.T, db *sql.DB, name, columns string) {
	t.Helper()
	execPq(t, db, "drop table if exists "+name)
	execPq(t, db, "create table "+name+" ("+columns+")")
	t.Cleanup(func() { _, _ = db.Exec("drop table if exists " + name) })
}

// onePq opens lib/pq and keeps it to one connection, which the sessions of tests are.
func onePq(t *testing.T, options string) *sql.DB {
	t.Helper()
	db := openPq(t, options)
	db.SetMaxOpenConns(1)
	return db
}

func forPqTypes(t *testing.T, check func(t *testing.T, db *sql.DB, kind valueType, v typedValue)) {
	file := readValues(t)
	for _, mode := range pqModes {
		db := onePq(t, mode)
		execPq(t, db, "drop type if exists mood")
		execPq(t, db, file.Enum.Create)
		for _, kind := range file.Types {
			t.Run(kind.Name, func(t *testing.T) {
				for _, v := range kind.all() {
					check(t, db, kind, v)
				}
			})
		}
		execPq(t, db, file.Enum.Drop)
	}
}

// shown is PostgreSQL's text of what lib/pq scans; it formats times in its own way.
func shown(kind valueType, scanned any) string {
	layouts := map[string]string{"date": "2006-01-02", "time": "15:04:05.999999",
		"timetz": "15:04:05.999999Z07:00", "timestamp": "2006-01-02 15:04:05.999999",
		"timestamptz": "2006-01-02 15:04:05.999999-07"}
	switch x := scanned.(type) {
	case time.Time:
		if kind.Name == "timestamptz" {
			x = x.UTC()
		}
		text := x.Format(layouts[kind.Name])
		if kind.Name == "timetz" {
			text = strings.TrimSuffix(strings.Replace(text, "Z", "+00", 1), ":00")
		}
		return text
	case bool:
		return map[bool]string{true: "t", false: "f"}[x]
	case []byte:
		if kind.Name == "bytea" {
			return fmt.Sprintf(`\x%x`, x)
		}
		return string(x)
	default:
		return fmt.Sprint(x)
	}
}

// equalTexts compares texts; floats are compared as numbers, for Go prints them otherwise.
func equalTexts(kind valueType, got, expected string) bool {
	if got == expected || kind.Name != "float4" && kind.Name != "float8" {
		return got == expected
	}
	var a, b float64
	_, err1 := fmt.Sscan(got, &a)
	_, err2 := fmt.Sscan(expected, &b)
	if kind.Name == "float4" {
		return err1 == nil && err2 == nil && float32(a) == float32(b)
	}
	return err1 == nil && err2 == nil && (a == b || a != a && b != b)
}

// shownOf knows that arrays are scanned as text.
func shownOf(kind valueType, v typedValue, scanned any) string {
	if octets, ok := scanned.([]byte); ok && v.array {
		return string(octets)
	}
	return shown(kind, scanned)
}

func TestPqReads(t *testing.T) {
	forPqTypes(t, func(t *testing.T, db *sql.DB, kind valueType, v typedValue) {
		for _, args := range [][]any{{}, {1}} { // simple, and extended
			query := "select " + v.literal()
			if len(args) > 0 {
				query += " where $1::int4 = 1"
			}
			var got any
			err := db.QueryRow(query, args...).Scan(&got)
			if err != nil || !equalTexts(kind, shownOf(kind, v, got), v.Text) {
				t.Errorf("%s: got %v (%T), %v", query, got, got, err)
			}
		}
	})
}

func TestPqParameters(t *testing.T) {
	forPqTypes(t, func(t *testing.T, db *sql.DB, kind valueType, v typedValue) {
		query := "select $1::" + v.typeName
		var native any
		if err := db.QueryRow("select " + v.literal()).Scan(&native); err != nil {
			t.Errorf("%s: %v", v.literal(), err)
			return
		}
		octets, ok := native.([]byte)
		if ok && (kind.Name != "bytea" || v.array) {
			native = string(octets) // bytes would be sent as bytea
		}
		for _, parameter := range []any{native, parameterOf(t, kind, v)} {
			var got any
			err := db.QueryRow(query, parameter).Scan(&got)
			if err != nil || !equalTexts(kind, shownOf(kind, v, got), v.Text) {
				t.Errorf("%s of %v (%T): got %v, %v", query, parameter, parameter, got, err)
			}
		}
		var got any
		if err := db.QueryRow(query, nil).Scan(&got); err != nil || got != nil {
			t.Errorf("%s of nil: got %v, %v", query, got, err)
		}
	})
}

// parameterOf is the text of a value; but a string for a bytea is its octets.
func parameterOf(t *testing.T, kind valueType, v typedValue) any {
	if kind.Name != "bytea" || v.array {
		return v.Text
	}
	octets, err := hex.DecodeString(v.Text[2:])
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func TestPqTables(t *testing.T) {
	file := readValues(t)
	for _, mode := range pqModes {
		db := onePq(t, mode)
		execPq(t, db, "drop type if exists mood")
		execPq(t, db, file.Enum.Create)
		for _, kind := range file.Types {
			t.Run(kind.Name, func(t *testing.T) { checkPqTable(t, db, kind) })
		}
		execPq(t, db, file.Enum.Drop)
	}
}

func checkPqTable(t *testing.T, db *sql.DB, kind valueType) {
	table := "pq_" + kind.Name
	execPq(t, db, "drop table if exists "+table)
	execPq(t, db, fmt.Sprintf("create table %s (id int4, v %s, a %s[], b %s[][])", table,
		kind.name(), kind.name(), kind.name()))
	defer execPq(t, db, "drop table "+table)
	for i, v := range kind.all() {
		column := v.column()
		execPq(t, db, "insert into "+table+" (id, "+column+") values ($1, $2)", i, parameterOf(t, kind, v))
		var got any
		err := db.QueryRow("select "+column+" from "+table+" where id = $1", i).Scan(&got)
		if err != nil || !equalTexts(kind, shownOf(kind, v, got), v.Text) {
			t.Errorf("stored %q: got %v, %v", v.Text, got, err)
		}
	}
	if kind.Name == "json" { // PostgreSQL has no equality for it
		return
	}
	var texts []string
	for _, v := range kind.all()[1:len(kind.Values)] {
		texts = append(texts, v.Text)
	}
	var count, id int
	err := db.QueryRow("select count(*) from "+table+" where id > 0 and v = any($1)",
		pq.Array(texts)).Scan(&count)
	if err != nil || count != len(texts) {
		t.Errorf("any: %d of %d, %v", count, len(texts), err)
	}
	err = db.QueryRow("select id from "+table+" where v = $1", parameterOf(t, kind, kind.all()[1])).
		Scan(&id)
	if err != nil || id != 1 {
		t.Errorf("equal: %d, %v", id, err)
	}
}

func TestPqNative(t *testing.T) {
	moment := time.Date(2024, 2, 29, 12, 34, 56, 789012000, time.UTC)
	rows := []struct {
		name string
		v    any
	}{
		{"bool", true}, {"int8", int64(1) << 40}, {"float8", 0.1}, {"text", "λ"},
		{"bytea", []byte{0, 255, 39}}, {"timestamptz", moment},
		{"int8[]", pq.Int64Array{1, 2, 3}}, {"int8[]", pq.Int64Array{}},
		{"text[]", pq.StringArray{"a", "b,c", `d"\`, ""}}, {"bool[]", pq.BoolArray{true, false}},
		{"float8[]", pq.Float64Array{0.5, -1e300}}, {"bytea[]", pq.ByteaArray{{0}, {1, 255}}},
	}
	for _, mode := range pqModes {
		db := onePq(t, mode)
		for _, row := range rows {
			target := reflect.New(reflect.TypeOf(row.v))
			err := db.QueryRow("select $1::"+row.name, row.v).Scan(target.Interface())
			if got := target.Elem().Interface(); err != nil || !same(got, row.v) {
				t.Errorf("%s: got %v, expected %v (%v)", row.name, got, row.v, err)
			}
		}
		var a sql.NullInt64
		var b sql.NullString
		var c pq.NullTime
		err := db.QueryRow("select $1::int8, $2::text, $3::timestamptz", nil, nil, nil).Scan(&a, &b, &c)
		if err != nil || a.Valid || b.Valid || c.Valid {
			t.Error(a, b, c, err)
		}
	}
}

func TestPqColumnTypes(t *testing.T) {
	rows, err := onePq(t, "").Query("select 1::int4 as a, 'x'::text as b, 1.5::numeric(10, 2) as c")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil || types[0].DatabaseTypeName() != "INT4" || types[1].DatabaseTypeName() != "TEXT" ||
		types[2].DatabaseTypeName() != "NUMERIC" {
		t.Error(types, err)
	}
	if precision, scale, ok := types[2].DecimalSize(); !ok || precision != 10 || scale != 2 {
		t.Error(precision, scale, ok)
	}
}

func TestPqPrepared(t *testing.T) {
	db := onePq(t, "")
	statement, err := db.Prepare("select $1::int8 * 2, $2::text")
	if err != nil {
		t.Fatal(err)
	}
	defer statement.Close()
	for i := int64(0); i < 10; i++ {
		var got int64
		var text sql.NullString
		if err = statement.QueryRow(i, nil).Scan(&got, &text); err != nil || got != 2*i || text.Valid {
			t.Error(got, text, err)
		}
	}
	if _, err = statement.Exec(1); err == nil {
		t.Error("a parameter was missing")
	}
}

func TestPqAfterDDL(t *testing.T) {
	db, other := onePq(t, ""), onePq(t, "")
	tablePq(t, db, "pq_changing", "a int4")
	execPq(t, db, "insert into pq_changing values (1)")
	statement, err := db.Prepare("select a from pq_changing")
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err = statement.QueryRow().Scan(&got); err != nil || got != int64(1) {
		t.Error(got, err)
	}
	execPq(t, other, "drop table pq_changing")
	execPq(t, other, "create table pq_changing (a text)")
	if err = statement.QueryRow().Scan(&got); pqCode(err) != "0A000" {
		t.Error(got, err)
	}
	if err = statement.Close(); err != nil {
		t.Error(err)
	}
	execPq(t, db, "insert into pq_changing values ('x')")
	if err = db.QueryRow("select a from pq_changing").Scan(&got); err != nil || got != "x" {
		t.Error(got, err)
	}
}

// Without parameters a string may hold many statements, each with its rows.
func TestPqSeveralStatements(t *testing.T) {
	db := onePq(t, "")
	rows, err := db.Query("select 1; select 2 as b, 3; select 'x'::text")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for more := true; more; more = rows.NextResultSet() {
		columns, _ := rows.Columns()
		for rows.Next() {
			cells := make([]any, len(columns))
			for i := range cells {
				cells[i] = new(any)
			}
			if err = rows.Scan(cells...); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(*cells[0].(*any)))
		}
	}
	if !reflect.DeepEqual(got, []string{"1", "2", "x"}) || rows.Err() != nil {
		t.Error(got, rows.Err())
	}
	tablePq(t, db, "pq_several", "a int4")
	execPq(t, db, "insert into pq_several values (1); update pq_several set a = 2")
	if _, err = db.Exec("insert into pq_several values (3); select 100000::int4::int2"); pqCode(err) != "22003" {
		t.Error(err)
	}
	var count int
	if err = db.QueryRow("select count(*) from pq_several").Scan(&count); err != nil || count != 1 {
		t.Error(count, err)
	}
}

func TestPqRowsAffected(t *testing.T) {
	db := onePq(t, "")
	tablePq(t, db, "pq_counted", "a int4")
	for _, row := range []struct {
		statement string
		args      []any
		count     int64
	}{
		{"insert into pq_counted values (1), (2), (3)", nil, 3},
		{"update pq_counted set a = a + $1 where a > 1", []any{1}, 2},
		{"delete from pq_counted where a = $1", []any{1}, 1},
	} {
		count, err := execPq(t, db, row.statement, row.args...).RowsAffected()
		if err != nil || count != row.count {
			t.Error(row.statement, count, err)
		}
	}
}

func TestPqManyRows(t *testing.T) {
	for _, mode := range pqModes {
		db := onePq(t, mode)
		before := rss(t)
		rows, err := db.Query("select i::int8, 'row ' || i from generate_series(1, $1::int8) t(i)", many/2)
		if err != nil {
			t.Fatal(err)
		}
		var sum, count, i int64
		var text sql.RawBytes
		for rows.Next() {
			if err = rows.Scan(&i, &text); err != nil {
				t.Fatal(err)
			}
			count++
			sum += i
		}
		if rows.Err() != nil || count != many/2 || sum != many/2*(many/2+1)/2 {
			t.Error(count, sum, rows.Err())
		}
		if grown := rss(t) - before; grown > 64<<20 {
			t.Errorf("the server has grown by %d bytes", grown)
		}
	}
}

func TestPqErrors(t *testing.T) {
	for _, mode := range pqModes {
		db := onePq(t, mode)
		tablePq(t, db, "keys_of_go", keysOfGo)
		execPq(t, db, "insert into keys_of_go values ($1, $2)", 1, 1)
		for _, row := range errorRows {
			if _, err := db.Exec(row.sql); pqCode(err) != row.code {
				t.Errorf("%s: %v", row.sql, err)
			}
			statement, err := db.Prepare(row.sql)
			if err == nil {
				_, err = statement.Exec()
			}
			if pqCode(err) != row.code {
				t.Errorf("%s, prepared: %v", row.sql, err)
			}
		}
		for _, row := range []struct {
			query, value, code string
		}{
			{"select $1::int4", "x", "22P02"}, {"select $1::int2", "70000", "22003"},
			{"select $1::uuid", "no", "22P02"}, {"select $1::int4::int2", "100000", "22003"},
		} {
			var got any
			if err := db.QueryRow(row.query, row.value).Scan(&got); pqCode(err) != row.code {
				t.Errorf("%s of %s: %v", row.query, row.value, err)
			}
		}
		execPq(t, db, "drop table keys_of_go")
	}
	var server *pq.Error
	_, err := onePq(t, "").Exec("selec 1")
	if !errors.As(err, &server) || server.Position != "1" || server.Severity != "ERROR" {
		t.Errorf("%#v", server)
	}
}

func TestPqTransactions(t *testing.T) {
	db := onePq(t, "")
	tablePq(t, db, "pq_block", "a int4")
	levels := []sql.IsolationLevel{sql.LevelDefault, sql.LevelReadUncommitted, sql.LevelReadCommitted,
		sql.LevelRepeatableRead}
	if !onWirehouse {
		levels = append(levels, sql.LevelSerializable)
	}
	ctx := context.Background()
	for _, level := range levels {
		tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: level})
		if err != nil {
			t.Fatal(level, err)
		}
		execPq(t, tx, "insert into pq_block values ($1)", 1)
		if err = tx.Rollback(); err != nil {
			t.Error(level, err)
		}
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = tx.Exec("insert into pq_block values ($1)", 1); pqCode(err) != "25006" {
		t.Error(err)
	}
	if _, err = tx.Exec("select 1"); pqCode(err) != "25P02" {
		t.Error(err)
	}
	if err = tx.Commit(); err == nil {
		t.Error("a failed transaction was committed")
	}
	if tx, err = db.Begin(); err != nil {
		t.Fatal(err)
	}
	execPq(t, tx, "insert into pq_block values ($1)", 2)
	if err = tx.Commit(); err != nil {
		t.Error(err)
	}
	var sum int
	if err = db.QueryRow("select sum(a) from pq_block").Scan(&sum); err != nil || sum != 2 {
		t.Error(sum, err)
	}
}

// A context that ends cancels the statement, with lib/pq's cancel request.
func TestPqInterrupts(t *testing.T) {
	db := onePq(t, "")
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	_, err := db.ExecContext(ctx, slow)
	if got := pqCode(err); got != "57014" && !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	execPq(t, db, "set statement_timeout = '150ms'")
	if _, err = db.Exec(slow); pqCode(err) != "57014" {
		t.Error(err)
	}
	if _, err = db.Exec(slow+" and i > $1", 1); pqCode(err) != "57014" {
		t.Error(err)
	}
}

func TestPqSettings(t *testing.T) {
	db := onePq(t, "application_name=gopher timezone=America/New_York")
	var name string
	var moment time.Time
	err := db.QueryRow("show application_name").Scan(&name)
	if err != nil || name != "gopher" {
		t.Error(name, err)
	}
	err = db.QueryRow("select timestamptz '2024-07-01 12:00:00+00'").Scan(&moment)
	if err != nil || moment.Format("15:04 -07") != "08:00 -04" {
		t.Error(moment, err)
	}
	err = db.QueryRow("select $1::timestamptz", "2024-07-01 08:00:00").Scan(&moment)
	if err != nil || moment.UTC().Hour() != 12 {
		t.Error(moment, err)
	}
}

func TestPqNotices(t *testing.T) {
	base, err := pq.NewConnector(security("disable"))
	if err != nil {
		t.Fatal(err)
	}
	var heard bytes.Buffer
	db := sql.OpenDB(pq.ConnectorWithNoticeHandler(base, func(n *pq.Error) {
		heard.WriteString(string(n.Code))
	}))
	defer db.Close()
	execPq(t, db, "rollback")
	if heard.String() != "25P01" {
		t.Error(heard.String())
	}
}
