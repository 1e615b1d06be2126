package outbound

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// public is what of IPv6 is the public internet: everything else is loopback, link-local, private, multicast, or holds an IPv4
// address in another form (mapped, compatible, NAT64), which could be any of these.
var public = netip.MustParsePrefix("2000::/3")

// closed are the ranges that are not the public internet, or are a cloud's own (RFC 6890 and the registries it began).
var closed = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // answers inside a cloud's machines only
	"2001::/23",        // Teredo and other special purposes: may hold an IPv4 address
	"2001:db8::/32", "3fff::/20",
	"2002::/16", // 6to4: holds an IPv4 address
)

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// Public tells whether an address is on the public internet. An IPv4 address in IPv6 clothes is judged as what it is.
func Public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsValid() || ip.Zone() != "" || ip.Is6() && !public.Contains(ip) {
		return false
	}
	for _, p := range closed {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// opened tells whether the operator allowed the address by name of its network.
func (c *Client) opened(ip netip.Addr) bool {
	ip = ip.Unmap()
	for _, n := range c.allow {
		if ip.IsValid() && ip.Zone() == "" && n.Contains(net.IP(ip.AsSlice())) {
			return true
		}
	}
	return false
}

type plainKey struct{}

// Plain is the context of a connection that is not protected by TLS: it reaches opened networks only.
func Plain(ctx context.Context) context.Context { return context.WithValue(ctx, plainKey{}, true) }

// DialContext opens a connection to "host:port". The name is resolved once, the addresses are judged, and those that pass are
// dialled as addresses: a name that answers differently a moment later gains nothing.
// Faults: *Failure (private_address, unresolvable, unreachable, timed_out, not_https).
func (c *Client) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fail(BadURL, "The address has no host and port.", err)
	}
	ips, err := c.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	passed, err := c.judge(ctx, host, ips)
	if err != nil {
		return nil, err
	}
	var last error
	for _, ip := range passed {
		d := net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}
		conn, err := d.DialContext(ctx, network, net.JoinHostPort(ip.String(), port))
		if err == nil {
			return conn, nil
		}
		last = err
	}
	return nil, unreachable(ctx, host, last)
}

func (c *Client) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ips, err := c.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(ips) == 0 {
		return nil, fail(Unresolvable, fmt.Sprintf("The name %s has no address. Check how it is spelled.", host), err)
	}
	return ips, nil
}

// judge keeps the addresses that may be dialled, at most four.
func (c *Client) judge(ctx context.Context, host string, ips []netip.Addr) ([]netip.Addr, error) {
	plain, reason := ctx.Value(plainKey{}) != nil, PrivateAddress
	var out []netip.Addr
	for _, ip := range ips {
		switch {
		case c.opened(ip):
			out = append(out, ip)
		case Public(ip) && plain:
			reason = NotHTTPS
		case Public(ip):
			out = append(out, ip)
		}
	}
	if len(out) > 0 {
		return out[:min(len(out), 4)], nil
	}
	if reason == NotHTTPS {
		return nil, fail(NotHTTPS, "Addresses on the internet are called with TLS only (https).", nil)
	}
	return nil, fail(PrivateAddress, fmt.Sprintf("%s is not on the public internet. Whoever runs the server can open its network with --allow-outbound.", host), nil)
}
