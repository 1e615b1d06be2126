package web

import (
	"math"
	"strconv"
	"time"

	"golang.org/x/time/rate"

	"gatehouse/models"
)

// Limits for callers that nobody vouches for. Authenticated management and successful token calls have none.
const (
	failureBurst  = 1000 // failed authentications of one address, then
	failureRate   = 10   // per second
	anonymousRate = 50   // unsafe anonymous requests per second of one address
)

// limiter counts per source address in token buckets. Memory is bounded: the least used address is forgotten first.
type limiter struct {
	failures, anonymousUse models.Bounded[*rate.Limiter]
}

func newLimiter() *limiter {
	buckets := func() models.Bounded[*rate.Limiter] { return models.NewBounded[*rate.Limiter](50_000, 10*time.Minute) }
	return &limiter{failures: buckets(), anonymousUse: buckets()}
}

func bucket(c models.Bounded[*rate.Limiter], key string, perSecond float64, burst int) *rate.Limiter {
	return c.Have(key, func() *rate.Limiter { return rate.NewLimiter(rate.Limit(perSecond), burst) })
}

// failed counts a failed authentication and gives its fault, or, when there were too many, the fault of the limit.
func (l *limiter) failed(r *Request, fault error) error {
	b := bucket(l.failures, r.ip, failureRate, failureBurst)
	if b.Allow() {
		l.tell(r, "failures", b, failureBurst)
		return fault
	}
	l.tell(r, "failures", b, failureBurst)
	return limited(time.Second)
}

// Allowance is what is left to the address of a request before it is refused for failed authentications, the only limit of
// authenticated calls; reset is when all of it is there again.
func (r *Request) Allowance(now time.Time) (limit, left int, reset time.Time) {
	left = failureBurst
	if b, ok := r.srv.limit.failures.Get(r.ip); ok {
		left = max(0, min(failureBurst, int(b.Tokens())))
	}
	return failureBurst, left, now.Add(time.Duration(failureBurst-left) * time.Second / failureRate)
}

// anonymous counts an unsafe request that anybody may send.
func (l *limiter) anonymous(r *Request) error {
	if m := r.c.Method(); m == "GET" || m == "HEAD" {
		return nil
	}
	b := bucket(l.anonymousUse, r.ip+r.route.Path, anonymousRate, anonymousRate*10)
	ok := b.Allow()
	l.tell(r, "anonymous", b, anonymousRate*10)
	if !ok {
		return limited(time.Second)
	}
	return nil
}

// tell writes the headers of draft-ietf-httpapi-ratelimit-headers.
func (l *limiter) tell(r *Request, policy string, b *rate.Limiter, burst int) {
	window := int(math.Ceil(float64(burst) / float64(b.Limit())))
	left := max(0, int(b.Tokens()))
	r.c.Set("RateLimit-Policy", `"`+policy+`";q=`+strconv.Itoa(burst)+`;w=`+strconv.Itoa(window))
	r.c.Set("RateLimit", `"`+policy+`";r=`+strconv.Itoa(left)+`;t=`+strconv.Itoa(window-left*window/burst))
}

func limited(wait time.Duration) *models.Fault {
	return &models.Fault{Code: models.RateLimited, Reason: "too_many_requests", Text: "Too many requests from this address. Wait as long as Retry-After says.", RetryAfter: wait}
}
