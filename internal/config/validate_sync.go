package config

import (
	"encoding/json"
	"strings"
	"time"
)

func (n *NativeSync) defaults(has func(path) bool, p path) {
	either(has, p.key("app"), &n.App, "Fusion people")
	either(has, p.key("start"), &n.Start, StartByPerson)
	either(has, p.key("beyondScope"), &n.BeyondScope, BeyondRefuse)
	either(has, p.key("within"), &n.Within, 12*time.Hour)
	either(has, p.key("poll"), &n.Poll, 30*time.Second)
}

// nativeSync looks at Oracle's own synchronization.
func (v *validator) nativeSync() {
	n, p := v.c.Sync.Native, path{"sync", "native"}
	if v.c.Sync.Engine != EngineNative {
		if n != (NativeSync{}) {
			v.refuse(p, "this is of the engine native", "write engine: native, or take this out")
		}
		return
	}
	v.text(p.key("app"), n.App, "write a name or take the line out")
	v.choice(p.key("start"), n.Start, syncStarts)
	v.choice(p.key("beyondScope"), n.BeyondScope, beyonds)
	v.timeWithin(p.key("within"), n.Within, time.Second, 14*24*time.Hour)
	v.timeWithin(p.key("poll"), n.Poll, 10*time.Millisecond, time.Hour)
	at := p.key("request")
	switch {
	case n.Start != StartByRequest && n.Request != (SyncRequest{}):
		v.refuse(at, "nobody sends this: a person starts the synchronization", "write start: request, or take this out")
	case n.Start == StartByRequest:
		v.sitePath(at.key("path"), n.Request.Path)
		filled := strings.NewReplacer("{appId}", "x", "{creates}", "1", "{deletes}", "0").Replace(n.Request.Body)
		if !json.Valid([]byte(filled)) {
			v.refuse(at.key("body"), "this is not JSON", "write the body of the request, with {appId}, {creates} and {deletes} where they belong")
		}
	}
}
