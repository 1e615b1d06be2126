package connections

import (
	"context"
	"net/http"

	"gatehouse/handlers/outbound"
)

// Through makes the Fetch of the server's one guarded client. Documents are read through a redirect or two; what is larger than
// the limit is no document of a provider.
func Through(client *outbound.Client) Fetch {
	return func(ctx context.Context, url string) (Answer, error) {
		out, err := client.Do(ctx, outbound.Request{URL: url, Follow: 2, Header: http.Header{"Accept": {"application/json, application/xml;q=0.9, */*;q=0.5"}}})
		return Answer{Status: out.Status, Body: out.Body}, err
	}
}

// Look is Through for endpoints that only need to be there: they may answer with a long page, of which the beginning is enough.
func Look(client *outbound.Client) Fetch {
	return func(ctx context.Context, url string) (Answer, error) {
		out, err := client.Do(ctx, outbound.Request{URL: url, Limit: 1024, Cut: true})
		return Answer{Status: out.Status}, err
	}
}
