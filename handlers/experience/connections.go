package experience

import (
	"context"
	"slices"

	"gatehouse/handlers/connections"
	"gatehouse/models"
)

// wanted is a connection that the login preferences ask for.
type wanted struct {
	strategy string
	position int
	name     string
	settings models.ConnectionSettings
	secret   models.Secret
}

var socialNames = map[string]string{models.StrategyGoogle: "Google", models.StrategyFacebook: "Facebook", models.StrategyApple: "Apple",
	models.StrategyLINE: "LINE", models.StrategyTikTok: "TikTok"}

// social gives the place of a strategy in the methods.
func social(m *models.AuthMethods, strategy string) **models.SocialMethod {
	switch strategy {
	case models.StrategyGoogle:
		return &m.Google
	case models.StrategyFacebook:
		return &m.Facebook
	case models.StrategyApple:
		return &m.Apple
	case models.StrategyLINE:
		return &m.LINE
	}
	return &m.TikTok
}

// wantedBy lists the connections that a map of methods asks for.
func wantedBy(m models.AuthMethods) []wanted {
	var out []wanted
	for _, strategy := range models.SocialStrategies {
		if s := *social(&m, strategy); s != nil {
			out = append(out, wanted{strategy, 0, socialNames[strategy], models.ConnectionSettings{ClientID: s.ClientID,
				RedirectURIs: s.RedirectURIs, TeamID: s.TeamID, KeyID: s.KeyID}, s.ClientSecret})
		}
	}
	if w := m.WebAuthn; w != nil {
		out = append(out, wanted{models.StrategyWebAuthn, 0, "Passkey service", models.ConnectionSettings{ClientID: w.ClientID, RedirectURIs: w.RedirectURIs}, w.ClientSecret})
	}
	if m.Push == nil {
		return out
	}
	for i, a := range m.Push.APNs {
		out = append(out, wanted{models.StrategyAPNs, i, "Apple push notices", models.ConnectionSettings{KeyID: a.KeyID, TeamID: a.TeamID,
			Bundle: a.Bundle, Production: a.Production}, a.Key})
	}
	if m.Push.FCM != nil {
		out = append(out, wanted{models.StrategyFCM, 0, "Firebase push notices", models.ConnectionSettings{}, m.Push.FCM.Key})
	}
	return out
}

// setConnections makes the application's own connections those that m asks for, and gives the ids that its pages offer then.
// A tenant's connection that reads back unchanged stays the tenant's: nothing is copied.
func (o Ops) setConnections(ctx context.Context, in ScopeIn, offered []string, m models.AuthMethods) ([]string, error) {
	own, err := o.ownConnections(ctx, in.ApplicationID)
	if err != nil {
		return nil, err
	}
	shared, err := o.sharedConnections(ctx, offered)
	if err != nil {
		return nil, err
	}
	next, kept := []string{}, map[string]bool{}
	for _, w := range wantedBy(m) {
		if i := slices.IndexFunc(shared, func(c models.Connection) bool { return unchanged(w, c) }); i >= 0 {
			next = append(next, shared[i].ID)
			continue
		}
		id, err := o.putConnection(ctx, in, own, w)
		if err != nil {
			return nil, err
		}
		kept[id] = true
		if slices.Contains(models.SocialStrategies, w.strategy) {
			next = append(next, id)
		}
	}
	if err := o.dropConnections(ctx, own, kept); err != nil {
		return nil, err
	}
	return keepOrder(offered, next, shared), nil
}

// unchanged tells whether a preference says of a tenant's connection exactly what a read showed of it.
func unchanged(w wanted, c models.Connection) bool {
	return w.strategy == c.Strategy && w.secret.Empty() && sameJSON(w.settings, c.Settings())
}

// keepOrder puts next into the order in which it was offered, then what is new. Connections that the dialect cannot name
// (an organization's sign-in) stay.
func keepOrder(offered, next []string, shared []models.Connection) []string {
	out := []string{}
	for _, id := range offered {
		foreign := slices.ContainsFunc(shared, func(c models.Connection) bool {
			return c.ID == id && !slices.Contains(models.SocialStrategies, c.Strategy)
		})
		if foreign || slices.Contains(next, id) {
			out = append(out, id)
		}
	}
	for _, id := range next {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (o Ops) ownConnections(ctx context.Context, applicationID string) ([]models.Connection, error) {
	return o.own.In(o.DB).OwnOf(ctx, applicationID)
}

// sharedConnections is the tenant's connections among those offered.
func (o Ops) sharedConnections(ctx context.Context, offered []string) ([]models.Connection, error) {
	all, err := o.reachable(ctx, "")
	return slices.DeleteFunc(all, func(c models.Connection) bool { return !slices.Contains(offered, c.ID) }), err
}

// putConnection stores what is wanted over the connection in its place, or as a new one.
func (o Ops) putConnection(ctx context.Context, in ScopeIn, own []models.Connection, w wanted) (string, error) {
	var before *models.Connection
	if i := slices.IndexFunc(own, func(c models.Connection) bool { return c.Strategy == w.strategy && c.Position == w.position }); i >= 0 {
		before = &own[i]
	}
	c, err := o.own.In(o.DB).PutOwn(ctx, before, connections.Own{ApplicationID: in.ApplicationID, Strategy: w.strategy, Position: w.position,
		DisplayName: w.name, Settings: w.settings, Secret: w.secret})
	return c.ID, err
}

func (o Ops) dropConnections(ctx context.Context, own []models.Connection, kept map[string]bool) error {
	for _, c := range own {
		known := slices.Contains(models.SocialStrategies, c.Strategy) || slices.Contains(models.ServiceStrategies, c.Strategy)
		if kept[c.ID] || !known {
			continue
		}
		if err := o.own.In(o.DB).Remove(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// addConnections shows the connections that an application offers as methods.
func (o Ops) addConnections(ctx context.Context, in ScopeIn, e models.Experience, m *models.AuthMethods) error {
	own, err := o.ownConnections(ctx, in.ApplicationID)
	if err != nil {
		return err
	}
	shared, err := o.sharedConnections(ctx, e.Methods.Connections)
	if err != nil {
		return err
	}
	reveal, err := o.reveals(ctx, in)
	if err != nil {
		return err
	}
	return o.showConnections(own, shared, reveal, e, m)
}

// showConnections puts connections into the methods: the application's own, and the tenant's among those offered.
func (o Ops) showConnections(own, shared []models.Connection, reveal bool, e models.Experience, m *models.AuthMethods) error {
	for _, c := range shared { // of the tenant: its secret is not this application's to read
		if slices.Contains(e.Methods.Connections, c.ID) {
			addSocial(m, c, models.Secret{})
		}
	}
	for _, c := range own {
		secret := models.Secret{}
		if reveal {
			held, err := o.Vault.OpenOptions(c)
			if err != nil {
				return err
			}
			secret = models.NewSecret(held[models.MainSecret])
		}
		if slices.Contains(e.Methods.Connections, c.ID) {
			addSocial(m, c, secret)
		}
		addPush(m, c, secret)
	}
	return nil
}

func addSocial(m *models.AuthMethods, c models.Connection, secret models.Secret) {
	if s := c.Settings(); slices.Contains(models.SocialStrategies, c.Strategy) {
		*social(m, c.Strategy) = &models.SocialMethod{ClientID: s.ClientID, ClientSecret: secret,
			RedirectURIs: s.RedirectURIs, TeamID: s.TeamID, KeyID: s.KeyID}
	}
}

func addPush(m *models.AuthMethods, c models.Connection, secret models.Secret) {
	s := c.Settings()
	switch {
	case c.Strategy == models.StrategyWebAuthn:
		m.WebAuthn = &models.SocialMethod{ClientID: s.ClientID, ClientSecret: secret, RedirectURIs: s.RedirectURIs}
	case m.Push == nil:
	case c.Strategy == models.StrategyAPNs:
		m.Push.APNs = append(m.Push.APNs, models.APNsKey{Key: secret, KeyID: s.KeyID, TeamID: s.TeamID,
			Bundle: s.Bundle, Production: s.Production})
	case c.Strategy == models.StrategyFCM:
		m.Push.FCM = &models.FCMKey{Key: secret}
	}
}

// reveals tells whether this actor's reads carry secrets.
func (o Ops) reveals(ctx context.Context, in ScopeIn) (bool, error) {
	if !models.ReadsSecrets(ctx, in.ApplicationID) {
		return false, nil
	}
	tenant, err := o.Tenant(ctx)
	return tenant.Secrets == "readable", err
}
