package mails

import (
	"gatehouse/web"
)

// Routes are the two faces of outgoing mail.
func (o Ops) Routes() []web.Route { return append(o.native(), o.console()...) }

func (o Ops) native() []web.Route {
	const provider, templates = "/rest/v1/email-provider", "/rest/v1/email-templates"
	about := func(e web.Endpoint, summary string) web.Endpoint {
		return e.With(web.Doc{Summary: summary, Tag: "mail"})
	}
	return []web.Route{
		{"GET", provider, "email_provider.read", about(web.Do(web.Native, 200, o.GetProvider), "Get who delivers mail")},
		{"PUT", provider, "email_provider.update", about(web.Do(web.Native, 200, o.PutProvider), "Set who delivers mail")},
		{"DELETE", provider, "email_provider.delete", about(web.Do0(web.Native, 204, o.DeleteProvider), "Remove the provider: mail stays in the outbox")},
		{"POST", provider + "/test", "email_provider.update", about(web.Do(web.Native, 200, o.Test), "Send a mail now and tell what the mail server said")},
		{"GET", templates, "email_template.read", about(web.Do(web.Native, 200, o.ListTemplates), "List the texts of mails that were written")},
		{"GET", templates + "/:purpose/:language", "email_template.read", about(web.Do(web.Native, 200, o.GetTemplate), "Get the text of a mail")},
		{"PUT", templates + "/:purpose/:language", "email_template.update", about(web.Do(web.Native, 200, o.PutTemplate), "Write the text of a mail")},
		{"DELETE", templates + "/:purpose/:language", "email_template.delete", about(web.Do0(web.Native, 204, o.DeleteTemplate), "Delete the text of a mail: the built-in one is sent")},
	}
}
