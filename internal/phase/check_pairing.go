package phase

import (
	"fmt"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// pairing shows what hints at the environments belonging together. Whether they do
// a person confirms, when the cutover begins: its first gate asks.
func (c *checking) pairing() error {
	for _, d := range c.targets() {
		in, both := 0, 0
		for p, err := range reconcile.Join(c.in.World[d].ByName(), c.in.World[directory.Fusion].ByName()) {
			if err != nil {
				return err
			}
			if p.Left != nil {
				in++
				if p.Right != nil {
					both++
				}
			}
		}
		c.look("", Look{Area: AreaPairing, Where: string(d), What: c.urlOf(d), Standing: ToDo,
			How: fmt.Sprintf("%d of its %d users are in Fusion by name", both, in)})
	}
	c.look("", Look{Area: AreaPairing, What: "confirmation", Standing: ToDo,
		How: "a person says whether these belong together: the first gate of a cutover asks, before anything is written"})
	return nil
}

func (c *checking) urlOf(d directory.Domain) string {
	if c.in.Facts == nil {
		return string(d)
	}
	return c.in.Facts.Domains[d].URL
}

// copied tells whether accounts of Fusion Applications are in the Fusion domain:
// where not one is, the two belong to different environments.
func (c *checking) copied() error {
	if c.in.Facts == nil || c.in.Facts.Applications.Failed != "" {
		return nil
	}
	a := c.in.Facts.Applications
	sample, there := folded(a.Sample), 0
	for p, err := range c.in.World[directory.Fusion].ByName() {
		if err != nil {
			return err
		}
		if _, ok := slices.BinarySearch(sample, directory.Fold(p.UserName)); ok {
			there++
		}
	}
	l := Look{Area: AreaPairing, Where: whereApplications, What: a.URL, Standing: ToDo,
		How: fmt.Sprintf("%d of %d of its accounts are in the Fusion domain %s", there, len(a.Sample), c.urlOf(directory.Fusion))}
	switch {
	case len(a.Sample) == 0:
		l.How = "has no accounts, so nothing shows whether " + c.urlOf(directory.Fusion) + " is its domain"
	case there == 0:
		l.Standing = Wrong
		l.How = fmt.Sprintf("none of %d accounts that were looked at is in the Fusion domain %s: that is the domain of another environment", len(a.Sample), c.urlOf(directory.Fusion))
		l.Do = []string{"correct fusion.url or fusion.applications.url"}
	}
	c.look("not-one-environment", l)
	return nil
}
