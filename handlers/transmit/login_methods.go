package transmit

import (
	"encoding/json"

	"gatehouse/models"
)

// methodsIn turns the wire's map of methods into ours.
func methodsIn(m authMethods) models.AuthMethods {
	out := models.AuthMethods{Google: socialIn(m.Google), Facebook: socialIn(m.Facebook), LINE: socialIn(m.LINE), TikTok: socialIn(m.TikTok),
		WebAuthn: socialIn(m.WebAuthn), Password: passwordIn(m.Password), Passkey: passkeyIn(m.WebAuthnAPI), Push: pushIn(m.Push)}
	if a := m.Apple; a != nil {
		out.Apple = socialIn(&a.socialConfiguration)
		out.Apple.TeamID, out.Apple.KeyID = a.AppleTeamID, a.KeyID
	}
	if e := m.Email; e != nil {
		out.Email = &models.EmailLinkMethod{ExpiresMinutes: e.ExpiresIn, LinksPerUser: e.LinksPerUser, Message: messageIn(e.Message)}
	}
	if e := m.EmailOTP; e != nil {
		out.EmailOTP = &models.EmailCodeMethod{ExpiresMinutes: e.ExpiresIn, MaxFailures: e.MaxFailures, LockoutMinutes: e.LockoutDuration,
			CodeLength: e.CodeLength, CrossClients: e.CrossClientsAllowed, Message: messageIn(e.Message)}
	}
	if s := m.SMS; s != nil {
		out.SMS = &models.SMSCodeMethod{ExpiresMinutes: s.ExpiresIn, MaxFailures: s.MaxFailures, LockoutMinutes: s.LockoutDuration,
			CodeLength: s.CodeLength, CrossClients: s.CrossClientsAllowed}
	}
	if t := m.TOTP; t != nil {
		out.TOTP = &models.TOTPMethod{Lockout: lockoutIn(t.lockout, t.olderLockout), Algorithm: t.Algorithm, Digits: t.Digits, Period: t.Period,
			Window: t.Window, Issuer: t.Issuer, MaxPerUser: t.MaxTOTPPerUser}
	}
	if p := m.PIN; p != nil {
		out.PIN = &models.PINMethod{Lockout: lockoutIn(p.lockout, p.olderLockout)}
	}
	if f := m.Face; f != nil {
		out.Face = &models.FaceMethod{Lockout: lockoutIn(f.lockout, f.olderLockout), SaveEmbedding: f.SaveImageEmbedding}
	}
	return out
}

// methodsOut shows our methods as the wire's map.
func methodsOut(m models.AuthMethods) authMethods {
	out := authMethods{Google: socialOut(m.Google), Facebook: socialOut(m.Facebook), LINE: socialOut(m.LINE), TikTok: socialOut(m.TikTok),
		WebAuthn: socialOut(m.WebAuthn), Password: passwordOut(m.Password), WebAuthnAPI: passkeyOut(m.Passkey), Push: pushOut(m.Push)}
	if a := m.Apple; a != nil {
		out.Apple = &appleConfiguration{*socialOut(a), a.TeamID, a.KeyID}
	}
	if e := m.Email; e != nil {
		out.Email = &emailConfiguration{e.ExpiresMinutes, e.LinksPerUser, messageOut(e.Message)}
	}
	if e := m.EmailOTP; e != nil {
		out.EmailOTP = &emailOTPConfiguration{smsConfiguration{e.ExpiresMinutes, e.LockoutMinutes, e.MaxFailures, e.CodeLength, e.CrossClients}, messageOut(e.Message)}
	}
	if s := m.SMS; s != nil {
		out.SMS = &smsConfiguration{s.ExpiresMinutes, s.LockoutMinutes, s.MaxFailures, s.CodeLength, s.CrossClients}
	}
	if t := m.TOTP; t != nil {
		now, older := lockoutOut(t.Lockout)
		out.TOTP = &totpConfiguration{now, older, t.Algorithm, t.Digits, t.Period, t.Window, t.Issuer, t.MaxPerUser}
	}
	if p := m.PIN; p != nil {
		now, older := lockoutOut(p.Lockout)
		out.PIN = &pinConfiguration{now, older}
	}
	if f := m.Face; f != nil {
		now, older := lockoutOut(f.Lockout)
		out.Face = &faceConfiguration{now, older, f.SaveEmbedding}
	}
	return out
}

func socialIn(s *socialConfiguration) *models.SocialMethod {
	if s == nil {
		return nil
	}
	return &models.SocialMethod{ClientID: s.ClientID, ClientSecret: models.NewSecret(text(s.ClientSecret)), RedirectURIs: items(s.RedirectURIs)}
}

func socialOut(s *models.SocialMethod) *socialConfiguration {
	if s == nil {
		return nil
	}
	out := &socialConfiguration{ClientID: s.ClientID, RedirectURIs: listed(s.RedirectURIs)}
	if !s.ClientSecret.Empty() {
		secret := s.ClientSecret.Reveal()
		out.ClientSecret = &secret
	}
	return out
}

func messageIn(m message) models.MessageSettings {
	return models.MessageSettings{PrimaryColor: m.PrimaryColor, From: m.From, Subject: m.Subject}
}

func messageOut(m models.MessageSettings) message {
	return message{m.PrimaryColor, m.From, m.Subject}
}

func lockoutIn(l lockout, older olderLockout) models.MethodLockout {
	out := models.MethodLockout{FailuresExpireMinutes: l.FailuresExpireIn, MaxFailures: older.MaxFailures, LockoutMinutes: older.LockoutDuration}
	if l.LockoutTiers != nil {
		for _, t := range *l.LockoutTiers {
			out.Tiers = append(out.Tiers, models.MethodLockoutTier{Attempts: t.Attempts, Minutes: t.Duration})
		}
	}
	return out
}

func lockoutOut(l models.MethodLockout) (lockout, olderLockout) {
	out := lockout{FailuresExpireIn: l.FailuresExpireMinutes}
	if len(l.Tiers) > 0 {
		tiers := make([]lockoutTier, len(l.Tiers))
		for i, t := range l.Tiers {
			tiers[i] = lockoutTier{Attempts: max(t.Attempts, 1), Duration: clamp(t.Minutes, 1, 525600)}
		}
		out.LockoutTiers = &tiers
	}
	return out, olderLockout{l.MaxFailures, l.LockoutMinutes}
}

func passwordIn(p *passwordConfiguration) *models.PasswordMethod {
	if p == nil {
		return nil
	}
	return &models.PasswordMethod{Lockout: lockoutIn(p.lockout, olderLockout{p.MaxPasswordFailures, p.PasswordSuspensionDuration}),
		ResetMinutes: p.ResetValidityMinutes, Complexity: p.PasswordComplexity, MinLength: p.PasswordMinLength, History: p.BlockPreviousPasswords,
		CheckPwned: p.CheckHIBP, CheckDictionary: p.CheckDictionary, ExpiresDays: p.PasswordExpiresIn, NeverExpires: p.IgnoreExpiration,
		TemporaryHours: p.TempPasswordValidityHours, Message: messageIn(p.Message), ResetNeedsMFA: p.RequireMFA, CodeLength: p.CodeLength,
		NotifyOnUpdate: p.NotifyOnPasswordUpdate}
}

// passwordOut keeps numbers that other faces may have set within what the document can say.
func passwordOut(p *models.PasswordMethod) *passwordConfiguration {
	if p == nil {
		return nil
	}
	now, older := lockoutOut(p.Lockout)
	return &passwordConfiguration{lockout: now, MaxPasswordFailures: older.MaxFailures, PasswordSuspensionDuration: older.LockoutDuration,
		ResetValidityMinutes: clamp(p.ResetMinutes, 5, 60), PasswordComplexity: clamp(p.Complexity, 1, 5), PasswordMinLength: clamp(p.MinLength, 5, 14),
		BlockPreviousPasswords: clamp(p.History, 0, 20), CheckHIBP: p.CheckPwned, CheckDictionary: p.CheckDictionary,
		PasswordExpiresIn: clamp(p.ExpiresDays, 1, 1096), IgnoreExpiration: p.NeverExpires, TempPasswordValidityHours: p.TemporaryHours,
		Message: messageOut(p.Message), RequireMFA: p.ResetNeedsMFA, CodeLength: p.CodeLength, NotifyOnPasswordUpdate: p.NotifyOnUpdate}
}

func passkeyIn(w *webauthnConfiguration) *models.PasskeyMethod {
	if w == nil {
		return nil
	}
	return &models.PasskeyMethod{Lockout: lockoutIn(w.lockout, w.olderLockout), RPID: w.RPID, WebOrigins: items(w.RPWebOrigins),
		MobileOrigins: items(w.RPMobileOrigins), Origin: w.RPOrigin, Origins: items(w.RPOrigins), ReplaceExisting: w.ReplaceExistingPasskey,
		AllowSynced: w.AllowSyncedPasskeys, EnforceAttestation: w.EnforceAttestation, Attestation: w.AttestationType,
		AllowedModels: items(w.AAGUIDAllowList), BlockedModels: items(w.AAGUIDBlockList)}
}

func passkeyOut(p *models.PasskeyMethod) *webauthnConfiguration {
	if p == nil {
		return nil
	}
	now, older := lockoutOut(p.Lockout)
	return &webauthnConfiguration{lockout: now, olderLockout: older, RPID: p.RPID, RPWebOrigins: listed(p.WebOrigins),
		RPMobileOrigins: listed(p.MobileOrigins), ReplaceExistingPasskey: p.ReplaceExisting, AllowSyncedPasskeys: p.AllowSynced,
		EnforceAttestation: p.EnforceAttestation, AttestationType: p.Attestation, AAGUIDAllowList: listed(p.AllowedModels),
		AAGUIDBlockList: listed(p.BlockedModels), RPOrigin: p.Origin, RPOrigins: listed(p.Origins)}
}

func pushIn(p *pushConfiguration) *models.PushMethod {
	if p == nil {
		return nil
	}
	out := &models.PushMethod{}
	switch v := p.APN.Value.(type) {
	case apnConfiguration:
		out.APNs = []models.APNsKey{apnIn(v)}
	case []apnConfiguration:
		out.APNsList = true
		for _, key := range v {
			out.APNs = append(out.APNs, apnIn(key))
		}
	}
	if p.FCM != nil {
		out.FCM = &models.FCMKey{Key: models.NewSecret(string(p.FCM.Key))}
	}
	return out
}

func apnIn(a apnConfiguration) models.APNsKey {
	return models.APNsKey{Key: models.NewSecret(a.Key), KeyID: a.KeyID, TeamID: a.TeamID, Bundle: a.Bundle, Production: a.IsProduction}
}

func pushOut(p *models.PushMethod) *pushConfiguration {
	if p == nil {
		return nil
	}
	out := &pushConfiguration{}
	keys := make([]apnConfiguration, len(p.APNs))
	for i, k := range p.APNs {
		keys[i] = apnConfiguration{k.Key.Reveal(), k.KeyID, k.TeamID, k.Bundle, k.Production}
	}
	switch {
	case p.APNsList:
		out.APN.Value = keys
	case len(keys) > 0:
		out.APN.Value = keys[0]
	}
	if p.FCM != nil {
		out.FCM = &fcmConfiguration{Key: json.RawMessage(p.FCM.Key.Reveal())}
		if p.FCM.Key.Empty() {
			out.FCM.Key = json.RawMessage("{}")
		}
	}
	return out
}

func clamp(v, least, most float64) float64 { return min(max(v, least), most) }

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func items(l *[]string) []string {
	if l == nil {
		return nil
	}
	return *l
}

func listed(l []string) *[]string {
	if l == nil {
		return nil
	}
	return &l
}
