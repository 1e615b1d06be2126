package logto

import (
	"context"
	"time"

	"gatehouse/models"
)

// builtInNames are applications that no database holds: tools of the vendor's console ask for them by these ids.
var builtInNames = map[string][2]string{
	"demo-app":        {"Live preview", "Shows the sign-in experience."},
	"account-center":  {"Account center", "Where people look after their own account."},
	"device-demo-app": {"Device preview", "Shows the device flow."},
}

// builtIn answers one of them from code.
func builtIn(ctx context.Context, id string) (applicationOut, bool) {
	names, ok := builtInNames[id]
	if !ok {
		return applicationOut{}, false
	}
	profile := models.ProfileSPA
	if id == "device-demo-app" {
		profile = models.ProfileNative
	}
	out := application(models.Client{ID: id, TenantID: models.ActorFrom(ctx).TenantID, Name: names[0], Description: names[1], Profile: profile,
		Protocol: models.ProtocolOIDC, RefreshToken: models.RefreshToken{Rotate: true}, CreatedAt: time.UnixMilli(0)})
	no := false
	out.Secret, out.Admin = "N/A", &no
	return out, true
}
