package web

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"sync/atomic"
)

// requestIDs makes ids that are unique over restarts (random start) and cheap (a counter after it).
type requestIDs struct {
	start string
	n     *atomic.Uint64
}

func newRequestIDs() requestIDs {
	b := make([]byte, 6)
	_, _ = rand.Read(b)
	return requestIDs{"req_" + hex.EncodeToString(b), new(atomic.Uint64)}
}

func (q requestIDs) next() string {
	return q.start + strconv.FormatUint(q.n.Add(1)+0xfff, 16)
}

func formatFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
