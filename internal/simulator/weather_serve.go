package simulator

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// under serves a service under its sky. Refuse is how the service writes a refusal.
func (s *sky) under(next http.Handler, refuseBy func(error) answer, revoke func(*http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, wrong := s.holds(ClockSkew); wrong {
			w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
			s.struckBy(ClockSkew)
		}
		m := s.meet(classOf(r), r.Method, r.URL.Path)
		r = r.WithContext(m.in(r.Context()))
		long := m.latency()
		if !pause(r.Context(), long) {
			return
		}
		if _, ok := m.has(ResetBefore); ok {
			reset(w)
			return
		}
		if s.refused(w, r, m, refuseBy) {
			return
		}
		if _, ok := m.has(TokenRevoked); ok {
			revoke(r)
		}
		_, lost := m.has(ResetAfter)
		_, half := m.has(HalfBody)
		if long == 0 && !lost && !half {
			next.ServeHTTP(w, r)
			return
		}
		h := &held{ResponseWriter: w}
		next.ServeHTTP(h, r)
		switch {
		case !pause(r.Context(), long):
		case lost:
			reset(w)
		case half:
			h.half(m.draw%2 == 0)
		default:
			h.whole()
		}
	})
}

// refused answers instead of the service, and tells whether it did.
func (s *sky) refused(w http.ResponseWriter, r *http.Request, m met, refuseBy func(error) answer) bool {
	drop := func() { _, _ = readBody(w, r) } // what was sent is read, so that the answer arrives
	if sp, ok := m.has(Throttled); ok {
		drop()
		if sp.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int((sp.RetryAfter+time.Second-1)/time.Second)))
		}
		refuseBy(refuse(http.StatusTooManyRequests, "Too many requests.")).write(w)
		return true
	}
	if sp, ok := m.has(Unavailable); ok {
		drop()
		status, html := sp.Status, sp.HTML
		if status == 0 {
			status = []int{500, 502, 503, 504}[m.draw%4]
			html = html || m.draw/4%2 == 0
		}
		if !html {
			refuseBy(refuse(status, "The service is not available now.")).write(w)
			return true
		}
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<html><head><title>%d %s</title></head><body><h1>%[2]s</h1></body></html>\n", status, http.StatusText(status))
		return true
	}
	if sp, ok := s.holds(Job); ok && isBulk(r) {
		drop()
		s.struckBy(Job)
		status := sp.Status
		if status == 0 {
			status = http.StatusConflict
		}
		refuseBy(refuse(status, "An import, an export or a full synchronization is running in this domain; Bulk is not possible until it has ended.")).write(w)
		return true
	}
	return false
}

// latency is how long the request takes.
func (m met) latency() time.Duration {
	sp, ok := m.has(Latency)
	if !ok {
		return 0
	}
	if sp.Jitter > 0 {
		return sp.Takes + time.Duration(m.draw%uint64(sp.Jitter))
	}
	return sp.Takes
}

func isBulk(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/Bulk") }

// classOf sorts requests as Spell.Only does.
func classOf(r *http.Request) string {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/oauth2/"):
		return "tokens"
	case isBulk(r):
		return "bulk"
	case !strings.HasPrefix(path, "/admin/") && !strings.HasPrefix(path, faBase):
		return "sign-in"
	case r.Method == http.MethodGet, strings.HasSuffix(path, "/.search"):
		return "reads"
	}
	return "writes"
}

// reset breaks the connection, as a host does that knows nothing of it any more.
func reset(w http.ResponseWriter) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the next worst: it is cut without an answer
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // nothing is sent any more, and the other side gets a reset
	}
	_ = c.Close()
}

// held keeps an answer back.
type held struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *held) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

func (h *held) Write(b []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(b)
}

// whole sends the answer on. Nothing is sent of a request whose client had gone.
func (h *held) whole() {
	if h.status == 0 {
		return
	}
	h.ResponseWriter.WriteHeader(h.status)
	_, _ = h.ResponseWriter.Write(h.body.Bytes())
}

// half sends half of the answer: cut, the connection ends in the middle of it;
// else it is short, and looks whole.
func (h *held) half(cut bool) {
	if h.status == 0 {
		return
	}
	if cut {
		h.Header().Set("Content-Length", strconv.Itoa(h.body.Len()))
	}
	h.ResponseWriter.WriteHeader(h.status)
	_, _ = h.ResponseWriter.Write(h.body.Bytes()[:h.body.Len()/2])
}
