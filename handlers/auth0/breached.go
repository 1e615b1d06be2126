package auth0

import (
	"context"
	"slices"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/experience"
	"gatehouse/models"
	"gatehouse/web"
)

// breached is what happens with passwords known from breaches. Refusing them where a password is chosen is a rule of the
// experience's passwords; the rest is kept beside.
type breached struct {
	Enabled   opt[bool]           `json:"enabled,omitzero"`
	Shields   opt[[]string]       `json:"shields,omitzero" enum:"block,user_notification,admin_notification"`
	Frequency opt[[]string]       `json:"admin_notification_frequency,omitzero" enum:"immediately,daily,weekly,monthly"`
	Method    opt[string]         `json:"method,omitzero" enum:"standard,enhanced"`
	Stage     opt[breachedStages] `json:"stage,omitzero"`
}

type breachedStages struct {
	Registration opt[breachedStage] `json:"pre-user-registration,omitzero"`
	Change       opt[breachedStage] `json:"pre-change-password,omitzero"`
}

type breachedStage struct {
	Shields opt[[]string] `json:"shields,omitzero" enum:"block,admin_notification"`
}

const (
	breachedKind = "breached_password_detection"
	breachedPath = "/attack-protection/breached-password-detection"
)

func shields(words ...string) opt[breachedStage] {
	return models.Some(breachedStage{models.Some(append([]string{}, words...))})
}

var breachedDefaults = breached{Enabled: models.Some(true), Shields: models.Some([]string{}), Frequency: models.Some([]string{}),
	Method: models.Some("standard"), Stage: models.Some(breachedStages{shields(), shields()})}

// refuses tells whether such a password cannot be chosen.
func (b breached) refuses() bool {
	return b.Enabled.V && (b.Stage.V.Registration.V.blocks() || b.Stage.V.Change.V.blocks())
}

func (s breachedStage) blocks() bool { return slices.Contains(s.Shields.V, blockShield) }

// with is a stage that blocks, or does not.
func (s breachedStage) with(block bool) opt[breachedStage] {
	words := slices.DeleteFunc(slices.Clone(s.Shields.V), func(w string) bool { return w == blockShield })
	if block {
		words = append([]string{blockShield}, words...)
	}
	return shields(words...)
}

// shownBreached is what is kept, as far as the rule that is in effect agrees; where it does not, the rule wins.
func shownBreached(own breached, p models.PasswordPolicy) (breached, error) {
	out, err := laid(breachedDefaults, own)
	if err != nil || out.refuses() == p.RejectPwned || !out.Enabled.V && !p.RejectPwned {
		return out, err
	}
	s := out.Stage.V
	out.Stage = models.Some(breachedStages{s.Registration.V.with(p.RejectPwned), s.Change.V.with(p.RejectPwned)})
	if p.RejectPwned {
		out.Enabled = models.Some(true)
	}
	return out, nil
}

func (d Dialect) breachedRoutes() []web.Route {
	return []web.Route{
		op("GET", breachedPath, readAttack, web.Do(d.Face(), 200, d.getBreached)),
		op("PATCH", breachedPath, updateAttack, web.Do(d.Face(), 200, d.patchBreached)),
	}
}

func (d Dialect) getBreached(ctx context.Context, _ web.None) (breached, error) {
	own, err := documents.Load(ctx, d.Documents, only(breachedKind), breached{})
	if err != nil {
		return own, err
	}
	e, err := d.look(ctx)
	if err != nil {
		return own, err
	}
	return shownBreached(own, e.Password)
}

func (d Dialect) patchBreached(ctx context.Context, in breached) (out breached, err error) {
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		before, err := d.getBreached(ctx, web.None{})
		if err != nil {
			return err
		}
		if out, err = laid(before, in); err != nil || alike(before, out) {
			return err
		}
		if out.refuses() != before.refuses() {
			rule := section(map[string]any{"reject_pwned": out.refuses()})
			if err := d.publish(ctx, experience.Sections{Password: rule}, nil); err != nil {
				return err
			}
		}
		_, _, err = d.Documents.Put(ctx, documents.PutIn{Ref: only(breachedKind), Body: out})
		return err
	})
	return out, err
}
