package auth0

import (
	"errors"
	"net/netip"

	"gatehouse/models"
	"gatehouse/web"
)

// Scopes of attack protection.
const (
	readAttack   = "read:attack_protection"
	updateAttack = "update:attack_protection"
)

// ipRange is an address or a network, of IPv4 or IPv6.
type ipRange string

var errRange = errors.New("use an IP address or a network such as 203.0.113.0/24")

// UnmarshalText takes addresses and networks only.
func (i *ipRange) UnmarshalText(text []byte) error {
	_, noAddress := netip.ParseAddr(string(text))
	_, noNetwork := netip.ParsePrefix(string(text))
	if noAddress != nil && noNetwork != nil {
		return errRange
	}
	*i = ipRange(text)
	return nil
}

// botDetection is when people are challenged to show that they are people.
type botDetection struct {
	Level         opt[string]    `json:"bot_detection_level,omitzero" enum:"low,medium,high"`
	Password      opt[string]    `json:"challenge_password_policy,omitzero" enum:"never,when_risky,always"`
	Passwordless  opt[string]    `json:"challenge_passwordless_policy,omitzero" enum:"never,when_risky,always"`
	PasswordReset opt[string]    `json:"challenge_password_reset_policy,omitzero" enum:"never,when_risky,always"`
	Allowlist     opt[[]ipRange] `json:"allowlist,omitzero"`
	Monitoring    opt[bool]      `json:"monitoring_mode_enabled,omitzero"`
}

var bots = vendorSettings[botDetection]{Kind: "bot_detection", Defaults: botDetection{models.Some("medium"), models.Some("never"),
	models.Some("never"), models.Some("never"), models.Some([]ipRange{}), models.Some(false)}}

// throttling is how much one address may ask.
type throttling struct {
	Enabled   opt[bool]            `json:"enabled,omitzero"`
	Shields   opt[[]string]        `json:"shields,omitzero" enum:"block,admin_notification"`
	Allowlist opt[[]ipRange]       `json:"allowlist,omitzero"`
	Stage     opt[throttledStages] `json:"stage,omitzero"`
}

type throttledStages struct {
	Login        opt[loginRate]        `json:"pre-login,omitzero"`
	Registration opt[registrationRate] `json:"pre-user-registration,omitzero"`
}

// loginRate is a number of attempts, and the milliseconds after which one more is given.
type loginRate struct {
	Attempts opt[int64] `json:"max_attempts,omitzero" rule:"min=1,max=2500"`
	Rate     opt[int64] `json:"rate,omitzero" rule:"min=34560,max=86400000"`
}

type registrationRate struct {
	Attempts opt[int64] `json:"max_attempts,omitzero" rule:"min=1,max=72000"`
	Rate     opt[int64] `json:"rate,omitzero" rule:"min=1200,max=86400000"`
}

var suspicious = vendorSettings[throttling]{Kind: "suspicious_ip_throttling", Defaults: throttling{
	Enabled: models.Some(true), Shields: models.Some([]string{"admin_notification", "block"}), Allowlist: models.Some([]ipRange{}),
	Stage: models.Some(throttledStages{
		Login:        models.Some(loginRate{models.Some[int64](100), models.Some[int64](864000)}),
		Registration: models.Some(registrationRate{models.Some[int64](50), models.Some[int64](1728000)})})}}

// attackRoutes are the settings of attack protection that nothing else has a home for.
func (d Dialect) attackRoutes() []web.Route {
	return append(bots.routes(d, "/attack-protection/bot-detection", readAttack, updateAttack),
		suspicious.routes(d, "/attack-protection/suspicious-ip-throttling", readAttack, updateAttack)...)
}
