package drivers

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// onWirehouse says which server is under test; the other one is PostgreSQL.
var onWirehouse = os.Getenv("SERVER_NAME") == "wirehouse"

// slow is a statement that ends by a cancel only.
const slow = "select count(*) from generate_series(1, 100000000000) t(i) where i % 7 = 3"

// value is an SQL literal and PostgreSQL's text of it.
type value struct {
	SQL       string
	Wirehouse string
	Text      string
	OID       uint32
}

func (v value) literal() string { return own(v.SQL, v.Wirehouse) }

// valueType is a type with its values; an OID of 0 is the server's to choose.
type valueType struct {
	Name              string
	SQL               string
	Wirehouse         string
	OID               uint32 `json:"oid"`
	ArrayOID          uint32 `json:"array_oid"`
	WirehouseOID      uint32 `json:"wirehouse_oid"`
	WirehouseArrayOID uint32 `json:"wirehouse_array_oid"`
	Values            []value
	Arrays            []value
}

func (t valueType) name() string { return own(t.SQL, t.Wirehouse) }

// oid is what the server declares; PostgreSQL's is what a client may send.
func (t valueType) oid(array bool) uint32 {
	oid, other := t.OID, t.WirehouseOID
	if array {
		oid, other = t.ArrayOID, t.WirehouseArrayOID
	}
	if onWirehouse && other != 0 {
		return other
	}
	return oid
}

// typedValue is a value with the name and the OID of its type.
type typedValue struct {
	value
	typeName string
	oid      uint32
	array    bool
}

// dimensions are an array's, as a type has to say them for the engine: its lists of lists have
// another type than its lists. PostgreSQL does not mind.
func dimensions(v value) string {
	if strings.HasPrefix(v.Text, "{{") {
		return "[][]"
	}
	return "[]"
}

// column is where a value goes in a table of columns v, a and b: itself, arrays of one and of two
// dimensions.
func (v typedValue) column() string {
	switch {
	case strings.HasSuffix(v.typeName, "[][]"):
		return "b"
	case v.array:
		return "a"
	default:
		return "v"
	}
}

func (t valueType) all() []typedValue {
	var all []typedValue
	for _, v := range t.Values {
		all = append(all, typedValue{v, t.name(), t.oid(false), false})
	}
	for _, v := range t.Arrays {
		all = append(all, typedValue{v, t.name() + dimensions(v), t.oid(true), true})
	}
	return all
}

type valuesFile struct {
	Enum     struct{ Create, Drop string }
	Types    []valueType
	Extremes []value
	Engine   []value
}

func own(postgres, wirehouse string) string {
	if onWirehouse && wirehouse != "" {
		return wirehouse
	}
	return postgres
}

// readValues reads the values of all driver suites.
func readValues(t *testing.T) valuesFile {
	t.Helper()
	var file valuesFile
	content, err := os.ReadFile("../values.json")
	if err == nil {
		err = json.Unmarshal(content, &file)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}
