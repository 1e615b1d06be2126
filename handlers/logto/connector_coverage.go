package logto

// connectorCoverage is how far the members of a connector are honoured.
var connectorCoverage = []Line{
	{Member: "connectorId", State: Enforced},
	{Member: "id", State: Enforced},
	{Member: "metadata", State: Enforced, Note: "the English name stands on sign-in pages"},
	{Member: "config", State: Stored, Note: "decides the authorization URI and the connection test, and through SMTP and SendGrid how mail is sent; nobody signs in with it yet"},
	{Member: "syncProfile", State: Stored},
	{Member: "enableTokenStorage", State: Stored},
}
