package credentials

import (
	"gatehouse/web"
)

// Routes are the native REST face of the operations.
func (o Ops) Routes() []web.Route {
	const secrets, rotation = "/rest/v1/clients/:id/secrets", "/rest/v1/clients/:id/rotation"
	const keys, certificates = "/rest/v1/clients/:id/keys", "/rest/v1/clients/:id/certificates"
	return []web.Route{
		{"GET", secrets, "credential.read", web.Do(web.Native, 200, o.List).About("List the secrets of a client, without their values")},
		{"POST", secrets, "credential.create", web.Do(web.Native, 201, o.Create).About("Create a secret; its value is in this answer only")},
		{"POST", secrets + "/import", "credential.create", web.Do(web.Native, 201, o.Import).About("Store a secret that exists already")},
		{"GET", secrets + "/:secret_id", "credential.read", web.Do(web.Native, 200, o.Get).About("Get a secret, without its value")},
		{"PATCH", secrets + "/:secret_id", "credential.update", web.Do(web.Native, 200, o.Update).About("Rename a secret or move its end")},
		{"DELETE", secrets + "/:secret_id", "credential.delete", web.Do0(web.Native, 204, o.Delete).About("Delete a secret")},
		{"POST", secrets + "/:secret_id/retire", "credential.delete", web.Do(web.Native, 200, o.Revoke).About("Retire a secret: it stops working and stays in sight")},
		{"POST", secrets + "/:secret_id/reveal", "secret.reveal", web.Do(web.Native, 200, o.Reveal).Anew().About("Show a stored secret again; recorded in the audit log")},
		{"POST", secrets + "/:secret_id/primary", "credential.update", web.Do(web.Native, 200, o.MakePrimary).About("Make a secret the primary one")},

		{"GET", rotation, "credential.read", web.Do(web.Native, 200, o.GetRotation).About("Get the rotation under way")},
		{"POST", rotation, "credential.update", web.Do(web.Native, 201, o.StartRotation).About("Begin to replace the primary secret; the new value is in this answer only")},
		{"POST", rotation + "/finish", "credential.update", web.Do(web.Native, 200, o.FinishRotation).About("Make the new secret the primary one and retire the old one")},
		{"DELETE", rotation, "credential.update", web.Do(web.Native, 200, o.CancelRotation).About("Remove the new secret and keep the old one")},

		{"GET", keys, "credential.read", web.Do(web.Native, 200, o.ListKeys).About("List the public keys of a client")},
		{"POST", keys, "credential.create", web.Do(web.Native, 201, o.CreateKey).About("Register a public key")},
		{"PATCH", keys + "/:key_id", "credential.update", web.Do(web.Native, 200, o.UpdateKey).About("Move the end of a public key, or hand in the key that is awaited")},
		{"DELETE", keys + "/:key_id", "credential.delete", web.Do0(web.Native, 204, o.DeleteKey).About("Delete a public key")},
		{"GET", certificates, "credential.read", web.Do(web.Native, 200, o.ListCertificates).About("List the certificates of a client")},
		{"POST", certificates, "credential.create", web.Do(web.Native, 201, o.CreateCertificate).About("Register a certificate")},
		{"DELETE", certificates + "/:certificate_id", "credential.delete", web.Do0(web.Native, 204, o.DeleteCertificate).About("Delete a certificate")},
	}
}
