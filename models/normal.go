package models

import (
	"context"

	"github.com/uptrace/bun"
)

// Lists that the database keeps are never null: an absent one is empty.

var (
	_ bun.BeforeAppendModelHook = (*Application)(nil)
	_ bun.BeforeAppendModelHook = (*Client)(nil)
)

// BeforeAppendModel makes absent lists empty before a row is written.
func (a *Application) BeforeAppendModel(context.Context, bun.Query) error {
	empty(&a.Tags, &a.ManagementFaces, &a.ServiceProviders)
	if a.CustomData == nil {
		a.CustomData = map[string]any{}
	}
	return nil
}

// BeforeAppendModel makes absent lists empty before a row is written, and keeps the unique copy of the SAML entity id.
func (c *Client) BeforeAppendModel(context.Context, bun.Query) error {
	empty(&c.RedirectURIs, &c.PostLogoutRedirectURIs, &c.AllowedOrigins, &c.WebOrigins, &c.GrantTypes, &c.ResponseTypes,
		&c.SupportedPrompts, &c.DefaultCustomClaims, &c.DefaultUserInfoClaims, &c.Resources, &c.AllowedScopes, &c.RoleIDs)
	if c.Metadata == nil {
		c.Metadata = map[string]string{}
	}
	c.SAMLEntityID = c.SAML.EntityID
	return keep(&c.Stored)
}

func empty(lists ...*[]string) {
	for _, l := range lists {
		if *l == nil {
			*l = []string{}
		}
	}
}
