package drivers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const many = 2_000_000

// code is the SQLSTATE of an error, or its text.
func code(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return server.Code
	}
	return fmt.Sprint(err)
}

// tablePgx makes a table for the length of a test.
func tablePgx(t *testing.T, conn *pgx.Conn, name, columns string) {
	t.Helper()
	execPgx(t, conn, "drop table if exists "+name)
	execPgx(t, conn, "create table "+name+" ("+columns+")")
	t.Cleanup(func() { _, _ = conn.Exec(context.Background(), "drop table if exists "+name) })
}

func number(t *testing.T, conn *pgx.Conn, sql string, args ...any) int64 {
	t.Helper()
	var got int64
	if err := conn.QueryRow(background(t), sql, args...).Scan(&got); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got
}

func TestPgxPrepared(t *testing.T) {
	conn := connectPgx(t, "")
	description, err := conn.Prepare(background(t), "doubled", "select $1::int8 * 2 as d, $2::text")
	if err != nil || len(description.ParamOIDs) != 2 || description.ParamOIDs[0] != 20 ||
		description.Fields[0].Name != "d" || description.Fields[0].DataTypeOID != 20 {
		t.Fatal(description, err)
	}
	for i := int64(0); i < 10; i++ {
		if got := number(t, conn, "select $1::int8 * 2", i); got != 2*i {
			t.Error(got)
		}
		var got int64
		var text *string
		err = conn.QueryRow(background(t), "doubled", i, nil).Scan(&got, &text)
		if err != nil || got != 2*i || text != nil {
			t.Error(got, text, err)
		}
	}
	if err = conn.Deallocate(background(t), "doubled"); err != nil {
		t.Error(err)
	}
}

func TestPgxStatementCacheIsBounded(t *testing.T) {
	conn := connectPgx(t, "statement_cache_capacity=3")
	for round := 0; round < 2; round++ {
		for i := int64(0); i < 10; i++ {
			if got := number(t, conn, fmt.Sprintf("select $1::int8 + %d", i), 1); got != i+1 {
				t.Error(got)
			}
		}
	}
}

// The type of a result changes under a cached statement: 0A000 once, and pgx prepares again.
func TestPgxAfterDDL(t *testing.T) {
	for _, mode := range []string{"cache_statement", "cache_describe"} {
		conn, other := connectPgx(t, "default_query_exec_mode="+mode), connectPgx(t, "")
		tablePgx(t, conn, "pgx_changing", "a int4")
		execPgx(t, conn, "insert into pgx_changing values (1)")
		const query = "select a from pgx_changing"
		var a any
		if err := conn.QueryRow(background(t), query).Scan(&a); err != nil || a != int32(1) {
			t.Fatal(a, err)
		}
		execPgx(t, other, "drop table pgx_changing")
		execPgx(t, other, "create table pgx_changing (a text)")
		execPgx(t, other, "insert into pgx_changing values ('x')")
		err := conn.QueryRow(background(t), query).Scan(&a)
		if mode == "cache_statement" && code(err) != "0A000" {
			t.Error(mode, a, err)
		}
		if err = conn.QueryRow(background(t), query).Scan(&a); err != nil || a != "x" {
			t.Error(mode, a, err)
		}
	}
}

func TestPgxBatch(t *testing.T) {
	conn := connectPgx(t, "")
	tablePgx(t, conn, "pgx_batched", "a int4, b text")
	for name := range modes {
		conn := connectPgx(t, "default_query_exec_mode="+name)
		execPgx(t, conn, "delete from pgx_batched")
		batch := &pgx.Batch{}
		for i := 0; i < 100; i++ {
			batch.Queue("insert into pgx_batched values ($1, $2)", i, fmt.Sprint(i))
		}
		batch.Queue("select count(*), sum(a) from pgx_batched")
		batch.Queue("select b from pgx_batched where a = $1", 7)
		results := conn.SendBatch(background(t), batch)
		for i := 0; i < 100; i++ {
			if tag, err := results.Exec(); err != nil || tag.RowsAffected() != 1 {
				t.Fatal(name, tag, err)
			}
		}
		var count, sum int
		var text string
		if err := results.QueryRow().Scan(&count, &sum); err != nil || count != 100 || sum != 4950 {
			t.Error(name, count, sum, err)
		}
		if err := results.QueryRow().Scan(&text); err != nil || text != "7" {
			t.Error(name, text, err)
		}
		if err := results.Close(); err != nil {
			t.Error(name, err)
		}
	}
}

// An error in a batch undoes what came before it and skips what comes after.
func TestPgxBatchError(t *testing.T) {
	conn := connectPgx(t, "")
	tablePgx(t, conn, "pgx_half", "a int4")
	batch := &pgx.Batch{}
	batch.Queue("insert into pgx_half values (1)")
	batch.Queue("select $1::int4::int2", 100000)
	batch.Queue("insert into pgx_half values (2)")
	results := conn.SendBatch(background(t), batch)
	_, err := results.Exec()
	if err != nil {
		t.Error(err)
	}
	if _, err = results.Exec(); code(err) != "22003" {
		t.Error(err)
	}
	if err = results.Close(); code(err) != "22003" {
		t.Error(err)
	}
	if got := number(t, conn, "select count(*) from pgx_half"); got != 0 {
		t.Error(got)
	}
}

// Pipelines by hand, in pgconn.
func TestPgconnPipeline(t *testing.T) {
	conn := connectPgx(t, "").PgConn()
	pipeline := conn.StartPipeline(background(t))
	pipeline.SendPrepare("piped", "select $1::int4 + 1", nil)
	for i := 0; i < 50; i++ {
		pipeline.SendQueryPrepared("piped", [][]byte{[]byte(fmt.Sprint(i))}, nil, nil)
	}
	if err := pipeline.Sync(); err != nil {
		t.Fatal(err)
	}
	if _, err := pipeline.GetResults(); err != nil { // the description
		t.Fatal(err)
	}
	for i := 0; i < 50; i++ {
		results, err := pipeline.GetResults()
		if err != nil {
			t.Fatal(err)
		}
		read := results.(*pgconn.ResultReader).Read()
		if read.Err != nil || string(read.Rows[0][0]) != fmt.Sprint(i+1) {
			t.Fatal(read)
		}
	}
	if err := pipeline.Close(); err != nil {
		t.Error(err)
	}
}

func TestPgconnSeveralStatements(t *testing.T) {
	conn := connectPgx(t, "").PgConn()
	results, err := conn.Exec(background(t), "select 1; select 2, 3; select 'x'").ReadAll()
	if err != nil || len(results) != 3 || string(results[1].Rows[0][1]) != "3" {
		t.Error(results, err)
	}
	results, err = conn.Exec(background(t), "select 1; select 100000::int4::int2; select 2").ReadAll()
	if code(err) != "22003" || len(results) < 1 {
		t.Error(results, err)
	}
}

// Rows are iterated as they come: neither side keeps millions of them.
func TestPgxManyRows(t *testing.T) {
	conn := connectPgx(t, "")
	before := rss(t)
	rows, err := conn.Query(background(t),
		"select i::int8, i::float8 / 2, 'row ' || i from generate_series(1, $1::int8) t(i)", many)
	if err != nil {
		t.Fatal(err)
	}
	var i, sum, count int64
	var half float64
	var text string
	_, err = pgx.ForEachRow(rows, []any{&i, &half, &text}, func() error {
		count++
		sum += i
		return nil
	})
	if err != nil || count != many || sum != many*(many+1)/2 || half != float64(i)/2 ||
		text != fmt.Sprint("row ", i) {
		t.Error(count, sum, half, text, err)
	}
	if grown := rss(t) - before; grown > 64<<20 {
		t.Errorf("the server has grown by %d bytes", grown)
	}
}

// rss is what the server holds of memory; of PostgreSQL it is not asked.
func rss(t *testing.T) int64 {
	if !onWirehouse {
		return 0
	}
	statm, err := os.ReadFile("/proc/" + os.Getenv("server_pid") + "/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, resident int64
	if _, err = fmt.Sscan(string(statm), &size, &resident); err != nil {
		t.Fatal(err)
	}
	return resident * int64(os.Getpagesize())
}

// Rows that are not read to their end: the connection goes on.
func TestPgxLeftRows(t *testing.T) {
	conn := connectPgx(t, "")
	rows, err := conn.Query(background(t), "select i from generate_series(1, 100000) t(i)")
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	rows.Close()
	if got := number(t, conn, "select 1"); got != 1 || rows.Err() != nil {
		t.Error(got, rows.Err())
	}
}

var errorRows = []struct{ sql, code string }{
	{"selec 1", "42601"}, {"select nosuch", "42703"}, {"select * from nosuch", "42P01"},
	{"select nofunction(1)", "42883"}, {"select 'x'::int4", "22P02"},
	{"select 100000::int4::int2", "22003"}, {"select 9223372036854775807 + 1", "22003"},
	{"select 'no'::uuid", "22P02"}, {"set nosuch = 1", "42704"},
	{"insert into keys_of_go values (1, 2)", "23505"},
	{"insert into keys_of_go values (2, null)", "23502"},
	{"insert into keys_of_go values (3, 10)", "23514"},
	{"create table keys_of_go (a int4)", "42P07"}, {"drop table nosuch", "42P01"},
}

const keysOfGo = "a int4 primary key, b int4 not null, check (b < 9)"

func TestPgxErrors(t *testing.T) {
	for name, mode := range modes {
		conn := connectPgx(t, "")
		tablePgx(t, conn, "keys_of_go", keysOfGo)
		execPgx(t, conn, "insert into keys_of_go values (1, 1)")
		for _, row := range errorRows {
			if _, err := conn.Exec(background(t), row.sql, mode); code(err) != row.code {
				t.Errorf("%s in mode %s: %v", row.sql, name, err)
			}
		}
		if got := number(t, conn, "select 1"); got != 1 {
			t.Error(got)
		}
		execPgx(t, conn, "drop table keys_of_go")
	}
}

func TestPgxErrorFields(t *testing.T) {
	conn := connectPgx(t, "")
	var server *pgconn.PgError
	_, err := conn.Exec(background(t), "select 'λλ', selec 1")
	if !errors.As(err, &server) || server.Severity != "ERROR" || server.Position != 20 {
		t.Errorf("%#v", server)
	}
	if err = conn.QueryRow(background(t), "select $1::int4::int2", 100000).Scan(nil); code(err) != "22003" {
		t.Error(err)
	}
}

func TestPgxTransactions(t *testing.T) {
	conn := connectPgx(t, "")
	tablePgx(t, conn, "pgx_block", "a int4")
	ctx := background(t)
	insert := func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into pgx_block values ($1)", 1)
		return err
	}
	stop := errors.New("stop")
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		_ = insert(tx)
		return stop
	})
	if got := number(t, conn, "select count(*) from pgx_block"); err != stop || got != 0 {
		t.Error(got, err)
	}
	levels := []pgx.TxIsoLevel{pgx.ReadUncommitted, pgx.ReadCommitted, pgx.RepeatableRead}
	if !onWirehouse {
		levels = append(levels, pgx.Serializable)
	}
	for _, level := range levels {
		if err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: level}, insert); err != nil {
			t.Error(level, err)
		}
	}
	if got := number(t, conn, "select count(*) from pgx_block"); got != int64(len(levels)) {
		t.Error(got)
	}
	err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{AccessMode: pgx.ReadOnly}, insert)
	if code(err) != "25006" {
		t.Error(err)
	}
}

func TestPgxErrorInTransaction(t *testing.T) {
	conn := connectPgx(t, "")
	ctx := background(t)
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = tx.Exec(ctx, "select $1::int4::int2", 100000); code(err) != "22003" {
		t.Error(err)
	}
	if _, err = tx.Exec(ctx, "select 1"); code(err) != "25P02" || conn.PgConn().TxStatus() != 'E' {
		t.Error(err)
	}
	if err = tx.Commit(ctx); !errors.Is(err, pgx.ErrTxCommitRollback) {
		t.Error(err)
	}
	if got := number(t, conn, "select 1"); got != 1 || conn.PgConn().TxStatus() != 'I' {
		t.Error(got)
	}
}

func TestPgxInterrupts(t *testing.T) {
	conn := connectPgx(t, "")
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() { // a cancel that comes before its statement is for nothing
		defer close(stopped)
		for {
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
				_ = conn.PgConn().CancelRequest(context.Background())
			}
		}
	}()
	_, err := conn.Exec(background(t), slow)
	close(done)
	<-stopped
	if code(err) != "57014" {
		t.Error(err)
	}
	execPgx(t, conn, "set statement_timeout = '150ms'")
	if _, err = conn.Exec(background(t), slow); code(err) != "57014" {
		t.Error(err)
	}
	if err = conn.QueryRow(background(t), slow+" and i > $1", 1).Scan(nil); code(err) != "57014" {
		t.Error(err)
	}
	execPgx(t, conn, "set statement_timeout = 0")
	if got := number(t, conn, "select 1"); got != 1 {
		t.Error(got)
	}
}

// A context that ends closes pgx's connection; the server lives on.
func TestPgxContext(t *testing.T) {
	conn := connectPgx(t, "")
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if _, err := conn.Exec(ctx, slow); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if got := number(t, connectPgx(t, ""), "select 1"); got != 1 {
		t.Error(got)
	}
}

func TestPgxSettings(t *testing.T) {
	conn := connectPgx(t, "application_name=gopher timezone=Europe/Berlin")
	var name, text string
	err := conn.QueryRow(background(t), "show application_name").Scan(&name)
	if err != nil || name != "gopher" || conn.PgConn().ParameterStatus("TimeZone") != "Europe/Berlin" {
		t.Error(name, err)
	}
	err = conn.QueryRow(background(t), "select timestamptz '2024-07-01 12:00:00+00'",
		formats(pgx.TextFormatCode)).Scan(&text)
	var moment time.Time
	err2 := conn.QueryRow(background(t), "select '2024-07-01 14:00:00'::timestamptz").Scan(&moment)
	if err != nil || text != "2024-07-01 14:00:00+02" || err2 != nil || moment.UTC().Hour() != 12 {
		t.Error(text, err, moment, err2)
	}
	execPgx(t, conn, "set application_name = 'changed'")
	if got := conn.PgConn().ParameterStatus("application_name"); got != "changed" {
		t.Error(got)
	}
}

func TestPgxNotices(t *testing.T) {
	config, err := pgx.ParseConfig("")
	if err != nil {
		t.Fatal(err)
	}
	var heard []string
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { heard = append(heard, n.Code) }
	conn, err := pgx.ConnectConfig(background(t), config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	execPgx(t, conn, "rollback")
	if len(heard) != 1 || heard[0] != "25P01" {
		t.Error(heard)
	}
}

func TestPgxPool(t *testing.T) {
	pool, err := pgxpool.New(background(t), "pool_max_conns=8")
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	failures := make(chan error, 32)
	for worker := int64(0); worker < 32; worker++ {
		go func(worker int64) {
			for i := int64(0); i < 20; i++ {
				var got int64
				err := pool.QueryRow(context.Background(), "select $1::int8 * $2", worker, i).Scan(&got)
				if err == nil && got != worker*i {
					err = fmt.Errorf("got %d", got)
				}
				if err != nil {
					failures <- err
					return
				}
			}
			failures <- nil
		}(worker)
	}
	for worker := 0; worker < 32; worker++ {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
}
