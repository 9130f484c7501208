// Package simulator is a world to rehearse a cutover against: three OCI
// identity domains and the Fusion Applications behind one of them, each on a
// port of its own, loaded from an estate. It speaks OAuth, SCIM in Oracle's
// form, and SAML (package sso); it refuses what the real services refuse, keeps
// their published limits, and journals what clients write.
//
// It must not know cutover: nothing of the project but the words of
// internal/directory, so that what the product believes of the services and
// what the simulator does are written down twice, independently.
package simulator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"cutover/internal/directory"
	"cutover/internal/simulator/sso"
)

// Options are what a rehearsal may choose.
type Options struct {
	// Estate is the directory with fusion.json, utilities.json, cxif.json and cutover.json.
	Estate fs.FS
	// Tier is the table of limits: free, apps, apps-premium, premium,
	// external-user, none. Default apps.
	Tier string
	// Latency of every request to an API: half of it before the request takes
	// effect, half after.
	Latency time.Duration
	// CopyDelay is how long Fusion Applications takes to copy a change into the
	// Fusion domain. Zero is at once; the command's default is DefaultCopyDelay.
	CopyDelay time.Duration
	// ActAfter is how long people take who got an invitation to Fusion until they
	// set a password. Zero: they never do.
	ActAfter time.Duration
	// Seed makes ids and people's passwords the same on every run; zero draws
	// one. Secrets of clients are never derived from it.
	Seed uint64
	// Fault is the name of something wrong, see Faults. Default none.
	Fault string
	// Weather is what goes wrong for a while from the beginning on. Default: nothing.
	Weather Weather
	// Changed is called after every request that may have changed something, once it
	// has taken effect. Default: nothing.
	Changed func(*Simulator)
	// Journal is the file of the journal. Default none.
	Journal string
	// Port is the first of four ports: Fusion, Utilities, CXIF, Fusion
	// Applications. Zero takes free ones.
	Port int
	// Signed are the domains that WriteConfig reaches by a signature of an API key,
	// in place of a client's token.
	Signed []directory.Domain
	// Born gives each domain what every one is born with, and an estate may leave out:
	// a default sign-on policy, which lets everybody sign in. Default: as the estate says.
	Born bool
	// Engine is the engine that WriteConfig writes of, see Engines. Default direct.
	Engine string
	// NativeSync is what nobody knows of the synchronization that the target domains
	// do themselves.
	NativeSync NativeSync
	// Witness is shown every request to a domain before it is served, several at
	// once. Default none.
	Witness func(Seen)
	// Clock is for limits, tokens and timestamps. Default time.Now.
	Clock func() time.Time
}

// DefaultCopyDelay is how long the copy of a change takes, unless told otherwise.
const DefaultCopyDelay = 500 * time.Millisecond

// Simulator is a running world.
type Simulator struct {
	options Options
	domains map[directory.Domain]*domain
	apps    *applications
	skies   []*sky // of the domains, in their order, and of Fusion Applications
	journal *journal
	servers []*http.Server
	stop    context.CancelFunc
	running sync.WaitGroup
}

// Start loads the estate and serves it until the context ends or Close is
// called. It serves nothing when it returns an error.
func Start(ctx context.Context, o Options) (*Simulator, error) {
	if o.Tier == "" {
		o.Tier = "apps"
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64()
	}
	if err := errors.Join(known("tier", o.Tier, tiers), CheckFault(o.Fault), o.Weather.Check()); err != nil {
		return nil, err
	}
	s := &Simulator{options: o, domains: map[directory.Domain]*domain{}}
	for _, name := range directory.Domains {
		s.domains[name] = newDomain(name, o.Seed, o.Clock)
		s.domains[name].under(newSky(string(name), o.Clock))
		s.skies = append(s.skies, s.domains[name].sky)
	}
	s.skies = append(s.skies, newSky(applicationsName, o.Clock))
	if err := loadEstate(o.Estate, s.domains); err != nil {
		return nil, err
	}
	for _, name := range directory.Domains {
		if err := s.domains[name].bear(bornAlways); err != nil {
			return nil, err
		}
		if !o.Born {
			continue
		}
		if err := s.domains[name].bear(bornSignOn); err != nil {
			return nil, err
		}
	}
	if err := s.readNativeSync(); err != nil {
		return nil, err
	}
	listeners, err := listen(ctx, o.Port, len(directory.Domains)+1)
	if err != nil {
		return nil, err
	}
	if s.journal, err = openJournal(o.Journal, o.Clock); err != nil {
		for _, l := range listeners {
			_ = l.Close()
		}
		return nil, err
	}
	for _, k := range s.skies {
		k.set(o.Weather, o.Seed)
	}
	s.serve(ctx, listeners)
	return s, nil
}

// listen takes all ports before anything is served.
func listen(ctx context.Context, port, n int) ([]net.Listener, error) {
	if port < 0 || port+n > 65536 {
		return nil, fmt.Errorf("port %d is not possible: %d ports from there on must be below 65536", port, n)
	}
	var all []net.Listener
	for i := range n {
		at := port
		if port != 0 {
			at += i
		}
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", at))
		if err != nil {
			for _, l := range all {
				_ = l.Close()
			}
			return nil, fmt.Errorf("port %d cannot be used: %w; choose another with --port, or 0 for free ones", at, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// serve wires the parts and starts to answer.
func (s *Simulator) serve(ctx context.Context, listeners []net.Listener) {
	ctx, s.stop = context.WithCancel(ctx)
	o := s.options
	for i, name := range directory.Domains {
		d := s.domains[name]
		d.url = "http://" + listeners[i].Addr().String()
		d.journal, d.latency, d.limits, d.clients = s.journal, o.Latency, newLimits(o.Tier, o.Clock), newClients(d)
		d.actAfter, d.tier = o.ActAfter, o.Tier
		if name != directory.Fusion {
			d.pulls = &puller{NativeSync: o.NativeSync, fusion: s.domains[directory.Fusion]}
		}
		d.jobs.start = func(run func(context.Context)) { s.running.Go(func() { run(ctx) }) }
		pages := sso.Options{Clock: d.now}
		if fault, ok := faults[o.Fault]; ok {
			fault(name, &pages)
		} else if broken, err := readFaultOf(o.Fault); err == nil && broken.domain == name {
			d.broken = broken
		}
		served := d.sky.under(d.handler(sso.New(door{d}, pages)), failed, d.clients.revoke)
		s.listen(ctx, listeners[i], s.atConsole(name, s.witnessed(name, served)))
	}
	fusion := s.domains[directory.Fusion]
	over := s.skies[len(s.skies)-1]
	copies := newCopyQueue(fusion, o.CopyDelay)
	copies.sky = over
	s.apps = newApplications(fusion, over.now, copies)
	s.apps.sky = over
	s.apps.latency, s.apps.journal = o.Latency, s.journal
	at := listeners[len(directory.Domains)]
	s.apps.url = "http://" + at.Addr().String()
	s.running.Go(func() { copies.run(ctx) })
	mux := http.NewServeMux()
	mux.HandleFunc(faBase+"/", s.apps.serve)
	s.listen(ctx, at, over.under(mux, faRefusal, func(*http.Request) {})) // it has no tokens
}

// listen serves one port until the context ends.
func (s *Simulator) listen(ctx context.Context, l net.Listener, h http.Handler) {
	server := &http.Server{Handler: s.watched(h), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 5 * time.Minute}
	s.servers = append(s.servers, server)
	s.running.Go(func() { _ = server.Serve(l) }) // it ends with ErrServerClosed
	context.AfterFunc(ctx, func() { _ = server.Close() })
}

// URL is where a domain is: http://127.0.0.1:PORT.
func (s *Simulator) URL(name directory.Domain) string { return s.domains[name].url }

// FusionApplicationsURL is where Fusion Applications is.
func (s *Simulator) FusionApplicationsURL() string { return s.apps.url }

// Client is the bootstrap client of a domain: an Identity Domain Administrator.
func (s *Simulator) Client(name directory.Domain) (id, secret string) {
	c := s.domains[name].clients.bootstrap
	return c.id, c.secret
}

// FusionApplicationsLogin is who may use Fusion Applications' API.
func (s *Simulator) FusionApplicationsLogin() (userName, password string) {
	return s.apps.login, s.apps.password
}

// Password is the local password that somebody of the estate has in a domain,
// until a client sets another.
func (s *Simulator) Password(name directory.Domain, userName string) (string, bool) {
	d := s.domains[name]
	d.mu.RLock()
	defer d.mu.RUnlock()
	u, ok := d.userNamed(userName)
	if !ok || !d.seeded[u.id] {
		return "", false
	}
	return d.derivedPassword(u.id), true
}

// Settled returns when no change of Fusion Applications is on its way into the
// Fusion domain any more.
func (s *Simulator) Settled(ctx context.Context) error { return s.apps.copies.wait(ctx) }

// Dump writes the domains, as they are now, as an estate: fusion.json,
// utilities.json and cxif.json in dir.
func (s *Simulator) Dump(dir string) error { return dumpAll(dir, s.domains) }

// Close lets requests that are under way finish for a moment, then stops. It
// tells whether the whole journal was written.
func (s *Simulator) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for _, server := range s.servers {
		all.Go(func() { _ = server.Shutdown(ctx) }) // what does not finish in time is cut below
	}
	all.Wait()
	s.stop()
	s.running.Wait()
	return s.journal.close()
}
