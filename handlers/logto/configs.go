package logto

import (
	"context"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// Documents of the configurations. The two that only this dialect has keep its members; sessions belong to every face.
var (
	consoleRef = documents.Ref{Kind: "console_config", Key: models.OneDocument}
	idTokenRef = documents.Ref{Kind: "id_token_config", Key: models.OneDocument}
	sessionRef = documents.Ref{Kind: models.KindSessionPolicy, Key: models.OneDocument}
)

func (d Dialect) configRoutes(f web.Face) []web.Route {
	return []web.Route{
		{"GET", "/api/configs/admin-console", "console_config.read", web.Do(f, 200, d.getConsole).With(kept("configs", "Read what a console remembers"))},
		{"PATCH", "/api/configs/admin-console", "console_config.update", web.Do(f, 200, d.patchConsole).With(kept("configs", "Change what a console remembers"))},
		{"GET", "/api/configs/id-token", "id_token_config.read", web.Do(f, 200, d.getIDToken).With(kept("configs", "Read the extended claims of ID tokens"))},
		{"PUT", "/api/configs/id-token", "id_token_config.update", web.Do(f, 200, d.putIDToken).With(kept("configs", "Set the extended claims of ID tokens"))},
		{"GET", "/api/configs/oidc/session", "session_policy.read", web.Do(f, 200, d.getSession).With(kept("configs", "Read how long sessions last"))},
		{"PATCH", "/api/configs/oidc/session", "session_policy.update", web.Do(f, 200, d.patchSession).With(kept("configs", "Set how long sessions last"))},
	}
}

// consoleConfig is what a console remembers for all its users.
type consoleConfig struct {
	ExperienceCustomized opt[bool]               `json:"signInExperienceCustomized,omitzero"`
	OrganizationCreated  opt[bool]               `json:"organizationCreated,omitzero"`
	Migration            opt[migrationNotice]    `json:"developmentTenantMigrationNotification,omitzero"`
	ChargeNotification   opt[chargeNotification] `json:"checkedChargeNotification,omitzero"`
}

type migrationNotice struct {
	IsPaidTenant bool         `json:"isPaidTenant" rule:"required"`
	Tag          string       `json:"tag" rule:"required"`
	ReadAt       opt[float64] `json:"readAt,omitzero"`
}

type chargeNotification struct {
	Token               opt[bool] `json:"token,omitzero"`
	APIResource         opt[bool] `json:"apiResource,omitzero"`
	MachineToMachineApp opt[bool] `json:"machineToMachineApp,omitzero"`
	TenantMember        opt[bool] `json:"tenantMember,omitzero"`
}

var freshConsole = consoleConfig{ExperienceCustomized: models.Some(false), OrganizationCreated: models.Some(false)}

func (d Dialect) getConsole(ctx context.Context, _ web.None) (consoleConfig, error) {
	return documents.Load(ctx, d.Documents, consoleRef, freshConsole)
}

func (d Dialect) patchConsole(ctx context.Context, in consoleConfig) (out consoleConfig, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		if out, err = d.getConsole(models.Lend(ctx, "console_config.read"), web.None{}); err != nil {
			return err
		}
		overwrite(&out.ExperienceCustomized, in.ExperienceCustomized)
		overwrite(&out.OrganizationCreated, in.OrganizationCreated)
		overwrite(&out.Migration, in.Migration)
		overwrite(&out.ChargeNotification, in.ChargeNotification)
		return d.put(ctx, consoleRef, out)
	})
	return out, err
}

// overwrite sets a member by what was said of it.
func overwrite[T any](kept *opt[T], said opt[T]) {
	if said.Set {
		*kept = said
	}
}

// put stores a document that there is one of.
func (d Dialect) put(ctx context.Context, ref documents.Ref, body any) error {
	_, _, err := d.Documents.Put(models.Lend(ctx, ref.Kind+".create"), documents.PutIn{Ref: ref, Body: body})
	return err
}

// idTokenConfig is the claims that ID tokens carry beyond the standard ones.
type idTokenConfig struct {
	Claims opt[[]string] `json:"enabledExtendedClaims,omitzero" enum:"custom_data,identities,sso_identities,roles,organizations,organization_data,organization_roles"`
}

var freshIDToken = idTokenConfig{models.Some([]string{"roles", "organizations", "organization_roles"})}

func (d Dialect) getIDToken(ctx context.Context, _ web.None) (idTokenConfig, error) {
	return documents.Load(ctx, d.Documents, idTokenRef, freshIDToken)
}

func (d Dialect) putIDToken(ctx context.Context, in idTokenConfig) (idTokenConfig, error) {
	return in, d.put(ctx, idTokenRef, in)
}

// sessionConfig is how long people stay signed in, in seconds.
type sessionConfig struct {
	TTL int64 `json:"ttl"`
}

// sessionIn changes it.
type sessionIn struct {
	TTL opt[int64] `json:"ttl" rule:"min=1,max=315360000"`
}

// session shows the policy.
func session(p models.SessionPolicy) sessionConfig { return sessionConfig{p.LifetimeSeconds} }

func (d Dialect) getSession(ctx context.Context, _ web.None) (sessionConfig, error) {
	p, err := documents.Load(ctx, d.Documents, sessionRef, models.DefaultSessionPolicy)
	return session(p), err
}

func (d Dialect) patchSession(ctx context.Context, in sessionIn) (out sessionConfig, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		p, err := documents.Load(models.Lend(ctx, "session_policy.read"), d.Documents, sessionRef, models.DefaultSessionPolicy)
		if err != nil {
			return err
		}
		in.TTL.To(&p.LifetimeSeconds)
		out = session(p)
		return d.put(ctx, sessionRef, p)
	})
	return out, err
}
