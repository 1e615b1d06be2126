package experience

import (
	"context"
	"encoding/json"
	"slices"

	"gatehouse/models"
)

// Login preferences are how one dialect sees the sign-in of an application: a map of methods, where a key that is there is a
// method that is on. They are the same settings as everybody else's. A write becomes the application's overlay and connections;
// a read shows what is in effect. What a preference says exactly as it was written is kept beside, so that it reads back
// the same for as long as nobody changed the setting elsewhere.

// LoginPreferences reads the methods of an application. Secrets are part of it for an actor who may read secrets, while the
// tenant keeps them readable.
// Faults: NotFound (application).
func (o Ops) LoginPreferences(ctx context.Context, applicationID string) (models.AuthMethods, error) {
	in := ScopeIn{ApplicationID: applicationID}
	if err := o.may(ctx, "experience.read", in); err != nil {
		return models.AuthMethods{}, err
	}
	return o.preferences(ctx, in)
}

func (o Ops) preferences(ctx context.Context, in ScopeIn) (models.AuthMethods, error) {
	v, err := o.view(ctx, in)
	if err != nil {
		return models.AuthMethods{}, err
	}
	m := methodsOf(v.Settings)
	return m, o.addConnections(ctx, in, v.Settings, &m)
}

// SetLoginPreferences replaces the methods of an application, at once.
// Faults: NotFound (application), Invalid (by path of the setting).
func (o Ops) SetLoginPreferences(ctx context.Context, applicationID string, m models.AuthMethods) (models.AuthMethods, error) {
	in := ScopeIn{ApplicationID: applicationID}
	if err := o.may(ctx, "experience.update", in); err != nil {
		return models.AuthMethods{}, err
	}
	var out models.AuthMethods
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		v, err := o.view(ctx, in)
		if err != nil {
			return err
		}
		offered, err := o.setConnections(ctx, in, v.Settings.Methods.Connections, m)
		if err != nil {
			return err
		}
		ch, err := preferenceChange(v, m, offered)
		if err != nil {
			return err
		}
		if _, err := o.publishDirect(ctx, in, models.Opt[int64]{}, ch); err != nil {
			return err
		}
		out, err = o.preferences(ctx, in)
		return err
	})
	return out, err
}

// preferenceChange is the overlay that a map of methods asks for. Only settings that it speaks of, and that differ, are set.
func preferenceChange(v View, m models.AuthMethods, offered []string) (change, error) {
	next := v.Settings
	next.Methods.Identifiers = identifiersFor(v.Settings.Methods.Identifiers, m)
	next.Methods.Connections = offered
	next.Preferences = m
	next.MFA.Factors = toggled(toggled(v.Settings.MFA.Factors, "totp", m.TOTP != nil), "push", m.Push != nil)
	next.Passkey.Enabled = m.Passkey != nil
	next.Passkey.Button = next.Passkey.Button || m.Passkey != nil && !v.Settings.Passkey.Enabled
	if m.Password != nil {
		setPassword(&next, *m.Password)
	}
	ch := change{set: models.Overlay{}}
	before, after := models.OverlayOf(v.Settings), models.OverlayOf(next)
	for _, path := range differing(before, after) {
		if _, _, phrase := models.SplitPhrase(path); phrase {
			continue
		}
		if err := ch.set.SetPath(path, after[path]); err != nil {
			return ch, err
		}
	}
	return ch, nil
}

// identifiersFor switches proofs on and off, keeping the identifiers and their order. A method whose identifier is not there
// yet brings it.
func identifiersFor(now []models.IdentifierMethod, m models.AuthMethods) []models.IdentifierMethod {
	out := []models.IdentifierMethod{}
	for _, id := range now {
		id.Password = m.Password != nil && (id.Password || id.Identifier == models.IdentifierEmail && !anyPassword(now))
		id.Code = id.Identifier == models.IdentifierEmail && m.EmailOTP != nil || id.Identifier == models.IdentifierPhone && m.SMS != nil
		id.Link = id.Identifier == models.IdentifierEmail && m.Email != nil
		id.PasswordFirst = id.PasswordFirst && id.Password
		if id.Password || id.Code || id.Link {
			out = append(out, id)
		}
	}
	has := func(name string) bool {
		return slices.ContainsFunc(out, func(id models.IdentifierMethod) bool { return id.Identifier == name })
	}
	if !has(models.IdentifierEmail) && (m.EmailOTP != nil || m.Email != nil || m.Password != nil && !anyPassword(out)) {
		out = append(out, models.IdentifierMethod{Identifier: models.IdentifierEmail, Password: m.Password != nil && !anyPassword(out),
			Code: m.EmailOTP != nil, Link: m.Email != nil})
	}
	if !has(models.IdentifierPhone) && m.SMS != nil {
		out = append(out, models.IdentifierMethod{Identifier: models.IdentifierPhone, Code: true})
	}
	return out
}

func anyPassword(ids []models.IdentifierMethod) bool {
	return slices.ContainsFunc(ids, func(id models.IdentifierMethod) bool { return id.Password })
}

func toggled(list []string, word string, on bool) []string {
	out := slices.DeleteFunc(slices.Clone(list), func(w string) bool { return w == word })
	if on {
		if slices.Contains(list, word) {
			return list
		}
		out = append(out, word)
	}
	return out
}

// setPassword writes what a password preference says into the settings that everybody shares.
func setPassword(e *models.Experience, p models.PasswordMethod) {
	e.Password.MinLength = int(p.MinLength)
	e.Password.Level = models.PasswordLevels[min(max(int(p.Complexity), 1), 5)-1]
	e.Password.History = int(p.History)
	e.Password.ResetMinutes = int(p.ResetMinutes)
	e.Password.ExpiresAfterDays = int(p.ExpiresDays)
	e.Password.Expires = p.NeverExpires == nil || !*p.NeverExpires
	setIf(&e.Password.RejectPwned, p.CheckPwned)
	setIf(&e.Password.RejectDictionary, p.CheckDictionary)
	if tiers := tiersOf(p.Lockout); len(tiers) > 0 {
		e.Lockout.Tiers = tiers
	}
	if p.Lockout.FailuresExpireMinutes != nil {
		e.Lockout.FailuresExpireMinutes = int(*p.Lockout.FailuresExpireMinutes)
	}
}

func setIf(into *bool, v *bool) {
	if v != nil {
		*into = *v
	}
}

// tiersOf reads the tiers of a method; the older pair of numbers is one tier.
func tiersOf(l models.MethodLockout) []models.LockoutTier {
	var out []models.LockoutTier
	for _, t := range l.Tiers {
		minutes := int(t.Minutes)
		out = append(out, models.LockoutTier{Attempts: int(t.Attempts), Minutes: &minutes})
	}
	if len(out) == 0 && l.MaxFailures != nil {
		minutes := 15
		if l.LockoutMinutes != nil {
			minutes = int(*l.LockoutMinutes)
		}
		out = []models.LockoutTier{{Attempts: int(*l.MaxFailures), Minutes: &minutes}}
	}
	return out
}

// methodsOf shows settings as methods: what was written, corrected by what the settings say now.
func methodsOf(e models.Experience) models.AuthMethods {
	m := e.Preferences
	var password, code, link, sms bool
	for _, id := range e.Methods.Identifiers {
		password = password || id.Password
		code = code || id.Identifier == models.IdentifierEmail && id.Code
		link = link || id.Identifier == models.IdentifierEmail && id.Link
		sms = sms || id.Identifier == models.IdentifierPhone && id.Code
	}
	message := models.MessageSettings{PrimaryColor: e.Branding.Primary}
	minutes := float64(e.Codes.ExpiresSeconds) / 60
	tries := float64(e.Codes.Attempts)
	m.Password = shown(password, m.Password, func() *models.PasswordMethod { return &models.PasswordMethod{Message: message} })
	m.EmailOTP = shown(code, m.EmailOTP, func() *models.EmailCodeMethod {
		return &models.EmailCodeMethod{ExpiresMinutes: minutes, MaxFailures: tries, Message: message}
	})
	m.Email = shown(link, m.Email, func() *models.EmailLinkMethod {
		return &models.EmailLinkMethod{ExpiresMinutes: minutes, LinksPerUser: 1, Message: message}
	})
	m.SMS = shown(sms, m.SMS, func() *models.SMSCodeMethod {
		return &models.SMSCodeMethod{ExpiresMinutes: minutes, MaxFailures: tries}
	})
	m.TOTP = shown(slices.Contains(e.MFA.Factors, "totp"), m.TOTP, func() *models.TOTPMethod { return &models.TOTPMethod{} })
	m.Passkey = shown(e.Passkey.Enabled, m.Passkey, func() *models.PasskeyMethod { return &models.PasskeyMethod{} })
	m.Push = shown(slices.Contains(e.MFA.Factors, "push"), m.Push, func() *models.PushMethod { return &models.PushMethod{} })
	if m.Password != nil {
		m.Password = passwordOf(e, *m.Password)
	}
	return m
}

// shown is a copy of what was written of a method that is on, or its beginning when nothing was.
func shown[T any](on bool, written *T, begin func() *T) *T {
	if !on {
		return nil
	}
	if written == nil {
		return begin()
	}
	c := *written
	return &c
}

// passwordOf corrects a written password preference by the settings, wherever they do not follow from it.
func passwordOf(e models.Experience, p models.PasswordMethod) *models.PasswordMethod {
	follows := e
	setPassword(&follows, p)
	now := e.Password
	p.MinLength, p.History, p.ResetMinutes, p.ExpiresDays = float64(now.MinLength), float64(now.History), float64(now.ResetMinutes), float64(now.ExpiresAfterDays)
	p.Complexity = float64(1 + max(0, slices.Index(models.PasswordLevels, now.Level)))
	if follows.Password.Expires != now.Expires {
		never := !now.Expires
		p.NeverExpires = &never
	}
	correct(&p.CheckPwned, now.RejectPwned)
	correct(&p.CheckDictionary, now.RejectDictionary)
	if !sameJSON(follows.Lockout.Tiers, e.Lockout.Tiers) || len(p.Lockout.Tiers) == 0 && p.Lockout.MaxFailures == nil {
		p.Lockout = models.MethodLockout{FailuresExpireMinutes: p.Lockout.FailuresExpireMinutes}
		for _, t := range e.Lockout.Tiers {
			p.Lockout.Tiers = append(p.Lockout.Tiers, models.MethodLockoutTier{Attempts: float64(t.Attempts), Minutes: longest(t.Minutes)})
		}
	}
	if f := p.Lockout.FailuresExpireMinutes; f == nil || int(*f) != e.Lockout.FailuresExpireMinutes {
		minutes := float64(e.Lockout.FailuresExpireMinutes)
		p.Lockout.FailuresExpireMinutes = &minutes
	}
	return &p
}

// correct shows a switch that was not written, or that has changed since.
func correct(written **bool, now bool) {
	if *written == nil || **written != now {
		*written = &now
	}
}

// longest is a tier's pause; one without an end is shown as the longest that the dialect can say.
func longest(minutes *int) float64 {
	if minutes == nil {
		return 525600
	}
	return float64(*minutes)
}

func sameJSON(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}
