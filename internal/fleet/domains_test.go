package fleet

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
	"cutover/internal/phase"
)

func TestTheNativeSynchronizationReadsFusionWhereItIs(t *testing.T) {
	for url, want := range map[string]phase.NativeSync{
		"https://fusion.example":      {Host: "fusion.example", TokenURL: "https://fusion.example/oauth2/v1/token"},
		"https://fusion.example/":     {Host: "fusion.example", TokenURL: "https://fusion.example/oauth2/v1/token"},
		"https://fusion.example:443":  {Host: "fusion.example", TokenURL: "https://fusion.example:443/oauth2/v1/token"},
		"https://fusion.example:8443": {Host: "fusion.example", Port: "8443", TokenURL: "https://fusion.example:8443/oauth2/v1/token"},
		"http://127.0.0.1:4711":       {Host: "127.0.0.1", Port: "4711", TLS: "false", TokenURL: "http://127.0.0.1:4711/oauth2/v1/token"},
		"http://localhost":            {Host: "localhost", Port: "80", TLS: "false", TokenURL: "http://localhost/oauth2/v1/token"},
		"http://localhost:443":        {Host: "localhost", TLS: "false", TokenURL: "http://localhost:443/oauth2/v1/token"},
		"https://[2001:db8::1]:8443":  {Host: "2001:db8::1", Port: "8443", TokenURL: "https://[2001:db8::1]:8443/oauth2/v1/token"},
	} {
		c := config.Config{Sync: config.Sync{Engine: config.EngineNative, Native: config.NativeSync{App: "People", Start: config.StartByPerson, BeyondScope: config.BeyondRefuse}}}
		c.Fusion.URL = url
		want.On, want.AppName = true, "People"
		require.Equal(t, want, nativeSync(c), url)
	}
}

func TestWhatAPersonSaysOfTheNativeSynchronizationReachesThePlanners(t *testing.T) {
	c := config.Config{Sync: config.Sync{Engine: config.EngineNative, Native: config.NativeSync{Start: config.StartByRequest, BeyondScope: config.BeyondAccept}}}
	n := nativeSync(c)
	require.True(t, n.ByRequest)
	require.True(t, n.AcceptBeyond)
	c.Sync.Engine = config.EngineDirect
	require.False(t, nativeSync(c).On)
}
