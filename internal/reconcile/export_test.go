package reconcile

// SettleAnew is Settle, or Standing in Utilities, with everybody judged anew
// after every round.
func SettleAnew(w World, r *Rules, writes bool) (*Settled, error) {
	s := newSettled(w, r)
	if writes {
		if err := s.correctFusion(); err != nil {
			return nil, err
		}
	}
	for {
		found, borne, err := s.find(writes)
		if err != nil {
			return nil, err
		}
		if any, _ := s.apply(found, borne); !any {
			return s, nil
		}
	}
}
