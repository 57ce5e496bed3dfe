package drivers

import (
	"context"
	"database/sql"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/lib/pq"
)

// background is the context of a test: a minute is for ever.
func background(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// security is the sslmode to ask for, unless PGSSLMODE and its like say how.
func security(mode string) string {
	if os.Getenv("PGSSLMODE") != "" {
		return ""
	}
	return "sslmode=" + mode + " "
}

// connectPgx connects to where PGHOST and its like point, which is pgx's default.
func connectPgx(t *testing.T, options string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(background(t), security("prefer")+options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func openPq(t *testing.T, options string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", security("disable")+options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestPgxConnects(t *testing.T) {
	var got int32
	if err := connectPgx(t, "").QueryRow(background(t), "select $1::int4", 7).Scan(&got); err != nil || got != 7 {
		t.Fatal(got, err)
	}
}

func TestPqConnects(t *testing.T) {
	var got int32
	if err := openPq(t, "").QueryRow("select $1::int4", 7).Scan(&got); err != nil || got != 7 {
		t.Fatal(got, err)
	}
}
