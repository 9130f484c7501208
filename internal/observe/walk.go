package observe

import (
	"context"
	"fmt"
	"slices"

	"cutover/internal/directory"
)

// position is where the way through a list stands: a list in an order of its
// own that stays, given in pages, while people come and go.
type position struct {
	Next  int    `json:"next"`           // 1-based; 0 before the first page
	Done  bool   `json:"done,omitempty"` // the end was seen
	First int    `json:"first"`          // how many there were at the first page
	Total int    `json:"total"`          // how many there were at the latest
	Seen  int    `json:"seen"`           // how many came
	Last  string `json:"last,omitempty"` // id of the last that came
}

// fetched is a page of a list.
type fetched struct {
	ids         []string
	total, next int
}

// step reads the next page, together with the last of the page before, and
// returns which of the page are new. What comes in before the last moves
// everything behind it up, so the last is found further back on the page: nobody
// was missed, and who came is for the next read. Where somebody before the last
// has gone, everything moves down, and one who was never read may have fallen
// between two pages: then the last is not on the page, or there are fewer, and
// the read is not believed.
func (p *position) step(ctx context.Context, b blame, fetch func(ctx context.Context, start int) (fetched, error)) (fresh int, err error) {
	start := max(1, p.Next-1)
	page, err := fetch(ctx, start)
	if err != nil {
		return 0, err
	}
	if p.Next > 0 && page.next != 0 && len(page.ids) == 1 && page.ids[0] == p.Last { // pages of one
		start = p.Next
		if page, err = fetch(ctx, start); err != nil {
			return 0, err
		}
		if slices.Contains(page.ids, p.Last) {
			return 0, b.broken("another page was asked for, and the same one came")
		}
		return 0, p.take(b, page, start, 0)
	}
	at := 0
	if p.Next > 0 {
		if at = slices.Index(page.ids, p.Last) + 1; at == 0 {
			return 0, b.broken("a page does not begin where the one before ended")
		}
	}
	return at, p.take(b, page, start, at)
}

// take moves the position behind the page, of which those from at on are new.
func (p *position) take(b blame, page fetched, start, at int) error {
	ids := slices.Clone(page.ids)
	slices.Sort(ids)
	end := start - 1 + len(page.ids) // how much of the list is behind us
	switch fresh := len(page.ids) - at; {
	case len(slices.Compact(ids)) != len(page.ids):
		return b.broken("the same entry came twice on one page")
	case p.Next > 0 && page.total < p.Total:
		return b.broken(fmt.Sprintf("the list said that there are %d, and then that there are %d", p.Total, page.total))
	case end < page.total && fresh == 0 && len(page.ids) > 0:
		return b.broken("another page was asked for, and the same one came")
	case end < page.total && page.next == 0:
		return b.broken(fmt.Sprintf("the list says that there are %d, and ends after %d", page.total, end))
	case end > page.total:
		return b.broken(fmt.Sprintf("the list says that there are %d, and %d came", page.total, end))
	default:
		p.Seen += fresh
	}
	if p.Next == 0 {
		p.First = page.total
	}
	if n := len(page.ids); n > 0 {
		p.Last = page.ids[n-1]
	}
	p.Total, p.Next, p.Done = page.total, end+1, page.next == 0
	return nil
}

// blame names the read that an error is about.
type blame struct {
	domain directory.Domain
	read   string
}

// broken is ErrUnsettled with words that may enter a history.
func (b blame) broken(detail string) error {
	return fmt.Errorf("%w: %w", ErrUnsettled, &directory.BrokenRead{Peer: string(b.domain), Read: b.read, Detail: detail})
}

// tries is how often two ways to count are compared while somebody may join in
// between.
const tries = 3

// counted holds what came of a list against a count that is asked for in
// another way. Where they differ, the list has to say the same by now: then it
// is somebody who came or went since, else one of the two is wrong.
func (b blame) counted(ctx context.Context, seen int, count, listed func(context.Context) (int, error)) error {
	n, err := count(ctx)
	if err != nil || n == seen {
		return err
	}
	says := 0
	for range tries {
		if says, err = listed(ctx); err != nil || says == n {
			return err
		}
		if n, err = count(ctx); err != nil || says == n {
			return err
		}
	}
	return b.broken(fmt.Sprintf("the list says that there are %d, and asked in another way there are %d", says, n))
}
