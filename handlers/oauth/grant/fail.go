package grant

import "gatehouse/models"

// Error codes of the token endpoint.
const (
	InvalidRequest       = "invalid_request"        // RFC 6749 section 5.2
	InvalidClient        = "invalid_client"         // RFC 6749 section 5.2
	UnauthorizedClient   = "unauthorized_client"    // RFC 6749 section 5.2
	UnsupportedGrantType = "unsupported_grant_type" // RFC 6749 section 5.2
	InvalidScope         = "invalid_scope"          // RFC 6749 section 5.2
	InvalidTarget        = "invalid_target"         // RFC 8707 section 2
	AccessDenied         = "access_denied"          // RFC 6749 section 4.1.2.1; clients of the issuer in Auth0's shape know it here
)

// Fail is a refusal with a code of the protocol. Only invalid_client is about who asks; the others are about what was asked.
func Fail(code, text string) *models.Fault {
	class := models.Invalid
	switch code {
	case InvalidClient:
		class = models.Unauthenticated
	case AccessDenied:
		class = models.Forbidden
	}
	return &models.Fault{Code: class, Reason: code, Text: text}
}
