package logto

import (
	"context"

	"gatehouse/handlers/certificates"
	"gatehouse/handlers/clients"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) samlRoutes(f web.Face) []web.Route {
	const all, one = "/api/saml-applications", "/api/saml-applications/:id"
	const secrets = one + "/secrets"
	return []web.Route{
		{"POST", all, "client.create", web.Do(f, 201, d.createSAML).With(doc("SAML applications", "Create a SAML application"))},
		{"GET", one, "client.read", web.Do(f, 200, d.getSAML).With(doc("SAML applications", "Get a SAML application"))},
		{"PATCH", one, "client.update", web.Do(f, 200, d.updateSAML).With(kept("SAML applications", "Change a SAML application"))},
		{"DELETE", one, "client.delete", web.Do0(f, 204, d.deleteSAML).With(doc("SAML applications", "Delete a SAML application"))},
		{"GET", secrets, "credential.read", web.Do(f, 200, d.listCertificates).With(doc("SAML applications", "List the certificates of a SAML application"))},
		{"POST", secrets, "credential.create", web.Do(f, 201, d.createCertificate).With(doc("SAML applications", "Create a certificate"))},
		{"PATCH", secrets + "/:secretId", "credential.update", web.Do(f, 200, d.activateCertificate).With(doc("SAML applications", "Choose the certificate that signs"))},
		{"DELETE", secrets + "/:secretId", "credential.delete", web.Do0(f, 204, d.deleteCertificate).With(doc("SAML applications", "Delete a certificate"))},
		{"GET", one + "/metadata", web.Public, web.Do(f, 200, d.samlMetadata).With(doc("SAML applications", "Metadata for service providers"))},
		{"GET", one + "/callback", web.Public, web.Do0(f, 200, d.samlCallback).With(kept("SAML applications", "End of a sign-in at a service provider"))},
	}
}

// firstCertificateYears is the life of the certificate that a new SAML application begins with.
const firstCertificateYears = 3

type createSAMLIn struct{ samlIn }

// CheckShape adds what tags cannot say.
func (in *createSAMLIn) CheckShape(c *models.Check) {
	c.That(in.Name.Set, "name", "required", "This member is required.")
}

func (d Dialect) createSAML(ctx context.Context, in createSAMLIn) (out samlOut, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	if !in.NameIDFormat.Set {
		in.NameIDFormat = models.Some(formatPersistent)
	}
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		made, err := d.Applications.CreateClient(ctx, in.creation())
		if err != nil {
			return samlFields.Rename(err, "")
		}
		out = samlApplication(made.Client)
		_, err = d.Certificates.Create(ctx, certificates.CreateIn{Client: made.Client, Years: firstCertificateYears, Active: true})
		return err
	})
	return out, err
}

// saml finds a SAML application.
func (d Dialect) saml(ctx context.Context, id string) (models.Client, error) {
	c, err := d.one(ctx, id)
	if err == nil && c.Protocol != models.ProtocolSAML {
		return c, refuse("application.saml.saml_application_only", "This application does not speak SAML.")
	}
	return c, err
}

func (d Dialect) getSAML(ctx context.Context, in idIn) (samlOut, error) {
	c, err := d.saml(ctx, in.ID)
	return samlApplication(c), err
}

type updateSAMLIn struct {
	idIn
	samlIn
}

func (d Dialect) updateSAML(ctx context.Context, in updateSAMLIn) (out samlOut, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		now, err := d.saml(ctx, in.ID)
		if err != nil {
			return err
		}
		next, err := d.Applications.UpdateClient(ctx, clients.UpdateIn{ID: now.ID, Version: models.Some(now.Version), Settings: in.settings(now)})
		out = samlApplication(next)
		return samlFields.Rename(err, "")
	})
	return out, err
}

func (d Dialect) deleteSAML(ctx context.Context, in idIn) error {
	return models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		c, err := d.saml(ctx, in.ID)
		if err != nil {
			return err
		}
		return d.Applications.DeleteClient(ctx, c.ID)
	})
}
