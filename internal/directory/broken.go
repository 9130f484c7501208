package directory

// BrokenRead is a read that cannot be believed: it does not add up, or what is
// known to be there does not show in it. Absence in it is evidence of nothing.
// Its words are ours and name nobody, so that they may enter a history.
type BrokenRead struct {
	Peer   string // the domain's name
	Read   string // what was read, e.g. "read users"
	Detail string
}

func (e *BrokenRead) Error() string { return e.Peer + ": " + e.Read + ": " + e.Detail }
