package applications

import (
	"gatehouse/models"
	"gatehouse/views/ui"
)

// TypeWords says what kind of program an application is, by its kind and the profile of its default client.
func TypeWords(kind, profile string) string {
	if kind == models.KindManagement {
		return "Management"
	}
	return ProfileWords(profile)
}

// ProfileWords says what kind of program a client is.
func ProfileWords(profile string) string {
	switch profile {
	case models.ProfileWeb:
		return "Web app"
	case models.ProfileSPA:
		return "Single-page app"
	case models.ProfileNative:
		return "Native app"
	case models.ProfileMachine:
		return "Machine to machine"
	case models.ProfileProtected:
		return "Behind a proxy"
	case models.ProfileSAML:
		return "SAML"
	}
	return "Application"
}

// Tile is the picture of an application: one icon and one tint for each type.
func Tile(kind, profile string) ui.TileOpts {
	if kind == models.KindManagement {
		return ui.TileOpts{Icon: "file-code-2", Tint: "k1"}
	}
	switch profile {
	case models.ProfileWeb:
		return ui.TileOpts{Icon: "server", Tint: "k2"}
	case models.ProfileSPA:
		return ui.TileOpts{Icon: "panels-top-left", Tint: "k1"}
	case models.ProfileNative:
		return ui.TileOpts{Icon: "smartphone", Tint: "k4"}
	case models.ProfileProtected:
		return ui.TileOpts{Icon: "shield", Tint: "k2"}
	case models.ProfileSAML:
		return ui.TileOpts{Icon: "building-2", Tint: "k3"}
	}
	return ui.TileOpts{Icon: "cpu", Tint: "k5"}
}
