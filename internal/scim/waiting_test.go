package scim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/scim"
)

func TestRequestsThatWaitBesideEachOtherCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w scim.Waiting
		first := w.Begin()
		time.Sleep(2 * time.Second)
		second := w.Begin()
		time.Sleep(time.Second)
		first()
		time.Sleep(time.Second)
		require.Equal(t, 4*time.Second, w.Sum(), "one of them still waits")
		second()
		time.Sleep(time.Minute)
		require.Equal(t, 4*time.Second, w.Sum(), "nobody waits any more")
		third := w.Begin()
		time.Sleep(time.Second)
		third()
		require.Equal(t, 5*time.Second, w.Sum())
	})
}
