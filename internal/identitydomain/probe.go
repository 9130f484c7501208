package identitydomain

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// asked is what the client was made from, as far as a probe tells it.
type asked struct {
	options Options
	auth    *scim.ClientCredentials // nil: requests are signed
	signer  string                  // OCID of the user who signs them
}

// administered are the endpoints that the product writes and that can be read:
// a client that may not even read one may not write it.
var administered = []string{"Users", "Groups", "Apps", "AppRoles", "Grants", "IdentityProviders", "Policies", "Rules", "Conditions"}

// Probe looks at what the domain shows of itself and of our client there. It only
// reads. What does not work is told in the probe too, so that the rest is seen all
// the same.
func (c *Client) Probe(ctx context.Context) (directory.Probe, error) {
	o := c.asked.options
	p := directory.Probe{URL: o.URL, Type: o.Type, ClientID: o.ClientID}
	if c.asked.auth == nil {
		p.ClientID, p.Signs = c.asked.signer, true
	} else {
		p.AskedScope = o.Scope
	}
	for _, look := range []func(context.Context, *directory.Probe) error{
		c.probeToken, c.probeEndpoints, c.probeRoles, c.probePeople, c.probeSignOn,
	} {
		if err := look(ctx, &p); err != nil {
			p.Failed = strings.TrimPrefix(err.Error(), string(c.domain)+": ")
			return p, err
		}
	}
	return p, nil
}

func (c *Client) probeToken(ctx context.Context, p *directory.Probe) (err error) {
	if p.Signs {
		return nil // no token is asked for; the reads that follow show whether the signature is taken
	}
	p.GivenScope, err = c.asked.auth.Granted(ctx)
	return err
}

// probeEndpoints reads a little of everything, and the clock and the numbers on
// the way.
func (c *Client) probeEndpoints(ctx context.Context, p *directory.Probe) error {
	count := map[string]*int{"Users": &p.Users, "Groups": &p.Groups, "IdentityProviders": &p.IdPs}
	for _, endpoint := range administered {
		var answer struct {
			TotalResults int `json:"totalResults"`
		}
		sent := time.Now()
		resp, err := c.scim.JSON(ctx, "read "+endpoint, http.MethodGet, "/"+endpoint, url.Values{"attributes": {"id"}, "count": {"1"}}, nil, &answer)
		if forbidden(err) {
			p.Refused = append(p.Refused, endpoint)
			continue
		}
		if err != nil {
			return err
		}
		if skew, unsure := scim.Skew(resp, sent, time.Now()); unsure != 0 && (p.Unsure == 0 || unsure < p.Unsure) {
			p.Skew, p.Unsure = skew, unsure
		}
		if n := count[endpoint]; n != nil {
			*n = answer.TotalResults
		}
	}
	return nil
}

// unknown keeps why the client's roles could not be read; only a failure that is
// no refusal is one of the domain.
func unknown(p *directory.Probe, err error) error {
	if !forbidden(err) {
		return err
	}
	p.RolesUnknown = "it may not read its own roles"
	return nil
}

// probePeople looks for what the domain knows of accounts beside their names.
func (c *Client) probePeople(ctx context.Context, p *directory.Probe) error {
	const op = "look for service accounts"
	services, err := scim.Search[userResource](ctx, c.scim, op, "/Users", scim.Query{Filter: schemaUserExt + ":serviceUser eq true", Attributes: []string{"userName"}})
	if refused(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, u := range services.Items {
		p.ServiceUsers = append(p.ServiceUsers, u.UserName)
	}
	seen, err := scim.Search[loginResource](ctx, c.scim, op, "/Users", scim.Query{Filter: lastLogin + " pr", Attributes: []string{"userName", lastLogin}, Count: 1})
	if err != nil || len(seen.Items) == 0 || seen.Items[0].State.LastLogin == "" {
		return nilIf(refused(err), err)
	}
	active, err := scim.Search[struct{}](ctx, c.scim, op, "/Users", scim.Query{Filter: "active eq true", Attributes: []string{"id"}, Count: 1})
	if err != nil {
		return nilIf(refused(err), err)
	}
	signedIn, err := scim.Search[struct{}](ctx, c.scim, op, "/Users", scim.Query{Filter: scim.And("active eq true", lastLogin+" pr"), Attributes: []string{"id"}, Count: 1})
	if err != nil {
		return nilIf(refused(err), err)
	}
	p.NeverSignedIn = active.Total - signedIn.Total
	return nil
}

func nilIf(is bool, err error) error {
	if is {
		return nil
	}
	return err
}

type policyResource struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	PolicyType ref    `json:"policyType"`
	Rules      []ref  `json:"rules"`
}

type signOnRuleResource struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Active *bool  `json:"active"`
	Return []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"return"`
}

// probeSignOn reads the rules in force of the default sign-on policy.
func (c *Client) probeSignOn(ctx context.Context, p *directory.Probe) error {
	policies, err := scim.All(scim.Query{Attributes: []string{"name", "policyType", "rules"}}, func(q scim.Query) (scim.Page[policyResource], error) {
		return scim.List[policyResource](ctx, c.scim, "read policies", "/Policies", q)
	})
	if err != nil {
		return nilIf(forbidden(err), err)
	}
	rules, err := scim.All(scim.Query{Attributes: []string{"name", "active", "return"}}, func(q scim.Query) (scim.Page[signOnRuleResource], error) {
		return scim.List[signOnRuleResource](ctx, c.scim, "read rules", "/Rules", q)
	})
	if err != nil {
		return nilIf(forbidden(err), err)
	}
	byID := map[string]signOnRuleResource{}
	for _, r := range rules {
		byID[r.ID] = r
	}
	for _, policy := range policies {
		if policy.ID != directory.DefaultSignOnPolicyID {
			continue
		}
		for _, held := range policy.Rules {
			r, ok := byID[held.Value]
			if !ok || r.Active != nil && !*r.Active {
				continue
			}
			rule := directory.SignOnRule{Policy: policy.Name, ID: r.ID, Name: r.Name}
			for _, v := range r.Return {
				if v.Name == "effect" {
					rule.Effect = v.Value
				}
			}
			p.SignOn = append(p.SignOn, rule)
		}
	}
	return nil
}

// forbidden tells whether the domain refused the client, refused whether it
// refused the question.
func forbidden(err error) bool {
	var pe *directory.PeerError
	return errors.As(err, &pe) && pe.Problem == directory.ProblemAuth && pe.Status == http.StatusForbidden
}

func refused(err error) bool {
	var pe *directory.PeerError
	return forbidden(err) || errors.As(err, &pe) && (pe.Problem == directory.ProblemInvalid || pe.Problem == directory.ProblemNotFound)
}
