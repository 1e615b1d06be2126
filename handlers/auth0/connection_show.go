package auth0

import "gatehouse/models"

// ShowConnection is what a form of the console would send through this dialect.
func ShowConnection(before *models.Connection, after models.Connection) (method, path string, body map[string]any) {
	body = map[string]any{"options": optionsShown(after)}
	if after.DisplayName != "" || before != nil && before.DisplayName != "" {
		body["display_name"] = after.DisplayName
	}
	if before == nil {
		body["name"], body["strategy"] = after.Name, strategyShown(after.Strategy)
		return "POST", Prefix + "/connections", body
	}
	if before.Enabled != after.Enabled {
		body["authentication"] = purpose{after.Enabled}
	}
	return "PATCH", Prefix + "/connections/" + shown(connectionPrefix, after.ID), body
}
