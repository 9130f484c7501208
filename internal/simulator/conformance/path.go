package conformance

import (
	"fmt"
	"regexp"
	"strings"

	filter "github.com/scim2/filter-parser/v2"

	"cutover/internal/simulator/characteristics"
)

// located is what a path names: an attribute, or one of its parts.
type located struct {
	attribute *characteristics.Attribute // nil: a whole extension
	part      *characteristics.Attribute
	extension *characteristics.Extension
	filtered  bool // some elements only
}

// last is the innermost attribute.
func (l located) last() *characteristics.Attribute {
	if l.part != nil {
		return l.part
	}
	return l.attribute
}

// locate finds what a path names. Not ok: it was said what is wrong.
func (c *checker) locate(r *characteristics.Resource, path string) (l located, ok bool) {
	as, rest := r.Attributes, path
	if strings.HasPrefix(path, "urn:") {
		rest = ""
		for _, e := range r.Extensions {
			if tail, ok := strings.CutPrefix(path, e.Schema); ok && (tail == "" || tail[0] == ':') {
				l.extension, as, rest = e, e.Attributes, strings.TrimPrefix(tail, ":")
			}
		}
		if tail, ok := strings.CutPrefix(path, r.Schema+":"); ok {
			as, rest = r.Attributes, tail
		}
		if l.extension == nil && rest == "" {
			c.wrong("the path %s is of no schema of the resource", path)
			return l, false
		}
		if rest == "" {
			return l, true
		}
	}
	p, err := filter.ParsePath([]byte(rest))
	if err != nil {
		c.wrong("the path %s cannot be read", path)
		return l, false
	}
	if l.attribute = byName(as, p.AttributePath.AttributeName); l.attribute == nil {
		c.wrong("there is no attribute %s", path)
		return l, false
	}
	part := p.AttributePath.SubAttributeName()
	if part == "" {
		part = p.SubAttributeName()
	}
	if part != "" {
		if l.part = byName(l.attribute.Sub, part); l.part == nil {
			c.wrong("there is no attribute %s", path)
			return l, false
		}
	}
	if p.ValueExpression != nil {
		l.filtered = true
		c.expression(l.attribute.Sub, p.ValueExpression, l.attribute.Name+".", false)
	}
	return l, true
}

// paged is the form in which parts of a list are asked for (oracle.md 2.3).
var paged = regexp.MustCompile(`\[startIndex=\d+&count=\d+\]`)

func (c *checker) attributes(r *characteristics.Resource, list string) {
	for _, name := range strings.Split(paged.ReplaceAllString(list, ""), ",") {
		if l, ok := c.locate(r, strings.TrimSpace(name)); ok && l.last() != nil && l.last().Returned == characteristics.Never {
			c.wrong("%s is never returned, and was asked for", name)
		}
	}
}

func (c *checker) sortBy(r *characteristics.Resource, path string) {
	if l, ok := c.locate(r, path); ok && l.last() != nil && l.last().NoFilter {
		c.wrong("%s cannot be searched, and so not sorted by", path)
	}
}

func (c *checker) filter(r *characteristics.Resource, s string) {
	e, err := filter.ParseFilter([]byte(s))
	if err != nil {
		c.wrong("the filter %q cannot be read: %v", s, err)
		return
	}
	c.expressionOf(r, e)
}

// expressionOf checks the attributes of a filter of a list.
func (c *checker) expressionOf(r *characteristics.Resource, e filter.Expression) {
	switch e := e.(type) {
	case *filter.AttributeExpression:
		path := e.AttributePath.AttributeName
		if uri := e.AttributePath.URI(); uri != "" {
			path = uri + ":" + path
		}
		if part := e.AttributePath.SubAttributeName(); part != "" {
			path += "." + part
		}
		if l, ok := c.locate(r, path); ok && l.last() != nil && l.last().NoFilter {
			c.wrong("%s cannot be searched", path)
		}
	case *filter.ValuePath:
		if l, ok := c.locate(r, e.AttributePath.AttributeName); ok {
			c.expression(l.attribute.Sub, e.ValueFilter, l.attribute.Name+".", true)
		}
	case *filter.NotExpression:
		c.expressionOf(r, e.Expression)
	case *filter.LogicalExpression:
		c.expressionOf(r, e.Left)
		c.expressionOf(r, e.Right)
	default:
		c.wrong("the filter has a part of an unknown form: %s", fmt.Sprint(e))
	}
}

// expression checks the filter of a value path: its attributes are parts of
// another. search: it selects resources, not only elements.
func (c *checker) expression(as characteristics.Attributes, e filter.Expression, path string, search bool) {
	switch e := e.(type) {
	case *filter.AttributeExpression:
		a := byName(as, e.AttributePath.AttributeName)
		if a == nil {
			c.wrong("there is no attribute %s%s", path, e.AttributePath.AttributeName)
		} else if search && a.NoFilter {
			c.wrong("%s%s cannot be searched", path, a.Name)
		}
	case *filter.NotExpression:
		c.expression(as, e.Expression, path, search)
	case *filter.LogicalExpression:
		c.expression(as, e.Left, path, search)
		c.expression(as, e.Right, path, search)
	}
}
