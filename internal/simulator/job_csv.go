package simulator

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode/utf8"
)

// maxRows is how many rows a file may hold (oracle.md 2.2).
const maxRows = 100_000

const schemaEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// column is one of a users' file: its heading, and the attribute that it holds. Of
// a value of many it says of which type.
type column struct {
	heading   string
	urn, attr string
	sub, kind string
	flag      bool   // TRUE or FALSE
	hidden    bool   // it is never returned, so no export has it
	between   string // what stands between the values of one that has many; empty: it has one
}

// userColumns are those of an import's report in Oracle's pages, in its order.
var userColumns = []column{
	{heading: "User ID", attr: "userName"}, {heading: "Password", attr: "password"},
	{heading: "First Name", attr: "name", sub: "givenName"}, {heading: "Middle Name", attr: "name", sub: "middleName"},
	{heading: "Last Name", attr: "name", sub: "familyName"}, {heading: "Honorific Prefix", attr: "name", sub: "honorificPrefix"},
	{heading: "Honorific Suffix", attr: "name", sub: "honorificSuffix"}, {heading: "Display Name", attr: "displayName"},
	{heading: "Title", attr: "title"}, {heading: "Profile URL", attr: "profileUrl"}, {heading: "User Type", attr: "userType"},
	{heading: "Nick Name", attr: "nickName"}, {heading: "Preferred Language", attr: "preferredLanguage"}, {heading: "Locale", attr: "locale"},
	{heading: "TimeZone", attr: "timezone"}, {heading: "Active", attr: "active", flag: true},
	{heading: "Work Phone", attr: "phoneNumbers", kind: "work", sub: "value"}, {heading: "Mobile No", attr: "phoneNumbers", kind: "mobile", sub: "value"},
	{heading: "Work Email", attr: "emails", kind: "work", sub: "value"}, {heading: "Home Email", attr: "emails", kind: "home", sub: "value"},
	{heading: "Work Street Address", attr: "addresses", kind: "work", sub: "streetAddress"}, {heading: "Work City", attr: "addresses", kind: "work", sub: "locality"},
	{heading: "Work State", attr: "addresses", kind: "work", sub: "region"}, {heading: "Work Postal Code", attr: "addresses", kind: "work", sub: "postalCode"},
	{heading: "Work Country", attr: "addresses", kind: "work", sub: "country"},
	{heading: "Employee Number", urn: schemaEnterprise, attr: "employeeNumber"}, {heading: "Organization", urn: schemaEnterprise, attr: "organization"},
	{heading: "Division", urn: schemaEnterprise, attr: "division"}, {heading: "Department", urn: schemaEnterprise, attr: "department"},
	{heading: "Cost Center", urn: schemaEnterprise, attr: "costCenter"}, {heading: "Manager Name", urn: schemaEnterprise, attr: "manager"},
	{heading: "Federated", urn: schemaUserExt, attr: "isFederatedUser", flag: true}, {heading: primaryType, attr: "emails", kind: primaryType},
}

// primaryType is the column that says which of the addresses is the primary one.
const primaryType = "Primary Email Type"

// The headings of the other files (Oracle's page on import file specifications).
var (
	groupHeadings = []string{"Display Name", "Description", "User Members", "Requestable"}
	roleHeadings  = []string{"Entitlement Value", "Grantee Name", "Grantee Type", "App Name"}
)

const membersBetween = ";"

// risky are the characters that a cell is put into quotes for when it begins with
// them, so that no spreadsheet takes it for a formula.
const risky = "@+-=|%"

func escapeCell(s string) string {
	if s != "" && strings.ContainsRune(risky, rune(s[0])) {
		return "'" + s + "'"
	}
	return s
}

func unescapeCell(s string) string {
	if len(s) > 2 && s[0] == '\'' && strings.ContainsRune(risky, rune(s[1])) {
		return strings.TrimSuffix(s[1:], "'")
	}
	return s
}

// row is a line of a file: its cells by heading, and itself as a report shows it.
type row struct {
	cells map[string]string
	text  string
}

// readRows reads a file, and refuses one that has not the headings it needs, or
// others than are known.
func readRows(content []byte, known, needed []string) ([]row, error) {
	if !utf8.Valid(content) {
		return nil, invalid("The file is not in UTF-8.")
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(content), "\ufeff")))
	headings, err := r.Read()
	if err != nil {
		return nil, invalid("The file has no line of headings.")
	}
	has := map[string]bool{}
	for i, h := range headings {
		headings[i] = strings.TrimSpace(h)
		has[headings[i]] = true
	}
	for _, h := range needed {
		if !has[h] {
			return nil, invalid("The column %s is missing.", h)
		}
	}
	for _, h := range known {
		delete(has, h)
	}
	for h := range has {
		return nil, invalid("There is no column %s.", h)
	}
	var rows []row
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, invalid("The file is no CSV: %s.", err)
		}
		if len(rows) == maxRows {
			return nil, invalid("A file holds %d rows at most.", maxRows)
		}
		one := row{cells: map[string]string{}}
		var parts []string
		for i, c := range cells {
			one.cells[headings[i]] = unescapeCell(c)
			if headings[i] == "Password" && c != "" {
				c = "(not shown)"
			}
			parts = append(parts, headings[i]+"="+c)
		}
		one.text = strings.Join(parts, ",")
		rows = append(rows, one)
	}
}

func writeRows(headings []string, rows [][]string) []byte {
	b := &strings.Builder{}
	w := csv.NewWriter(b)
	_ = w.Write(headings) // a builder takes all
	for _, r := range rows {
		for i := range r {
			r[i] = escapeCell(r[i])
		}
		_ = w.Write(r)
	}
	w.Flush()
	return []byte(b.String())
}
