package auth0

import (
	"encoding/json"
	"maps"
	"slices"

	"gatehouse/handlers/connections"
	"gatehouse/models"
	"gatehouse/web"
)

// connectionBody is what creation and update share.
type connectionBody struct {
	DisplayName       opt[string]                      `json:"display_name" rule:"max=128"`
	Options           opt[web.Kept[connectionOptions]] `json:"options" rule:"nullable"`
	EnabledClients    opt[[]string]                    `json:"enabled_clients" rule:"nullable"`
	DomainConnection  opt[bool]                        `json:"is_domain_connection"`
	ShowAsButton      opt[bool]                        `json:"show_as_button"`
	Realms            opt[[]string]                    `json:"realms"`
	Metadata          opt[map[string]opt[string]]      `json:"metadata" rule:"nullable,max=255"`
	Authentication    opt[purpose]                     `json:"authentication"`
	ConnectedAccounts opt[web.Kept[connectedAccounts]] `json:"connected_accounts"`
}

type connectedAccounts struct {
	Active         bool      `json:"active" rule:"required"`
	CrossAppAccess opt[bool] `json:"cross_app_access"`
}

// CheckShape refuses options that exclude each other.
func (b *connectionBody) CheckShape(c *models.Check) {
	o := b.Options.V.Value()
	c.That(!(o.Attributes.Set && o.Validation.Set && !o.Validation.Null), "options.attributes", "exclusive", "Cannot set both options.attributes and options.validation.")
}

// fields is the body in the operations' words. What is absent stays absent.
func (b connectionBody) fields(strategy string) connections.Fields {
	f := connections.Fields{DisplayName: b.DisplayName, Realms: b.Realms, DomainConnection: b.DomainConnection, ShowAsButton: b.ShowAsButton}
	if b.Options.Set {
		options := map[string]any{}
		_ = json.Unmarshal(b.Options.V.Raw, &options) // an object that was read before; null leaves it empty
		f.Options = models.Some(optionsIn(strategy, options))
	}
	if b.EnabledClients.Set {
		f.Clients = models.Some(slices.Clone(b.EnabledClients.V))
	}
	if b.Authentication.Set {
		f.Enabled = models.Some(b.Authentication.V.Active)
	}
	if b.Metadata.Set {
		texts := map[string]string{}
		for name, value := range maps.All(b.Metadata.V) {
			if !value.Null {
				texts[name] = value.V
			}
		}
		f.Metadata = models.Some(texts)
	}
	if b.ConnectedAccounts.Set {
		f.Stored = map[string]models.Opt[json.RawMessage]{storedAccounts: models.Some(b.ConnectedAccounts.V.Raw)}
	}
	return f
}

// connectionOptions are the options whose shape the document fixes. It lets every strategy have more.
type connectionOptions struct {
	web.Open
	Validation          opt[usernameRules]            `json:"validation" rule:"nullable"`
	NonPersistentAttrs  opt[[]string]                 `json:"non_persistent_attrs" rule:"nullable"`
	Precedence          opt[[]string]                 `json:"precedence" rule:"minitems=3" enum:"email,phone_number,username"`
	Attributes          opt[attributes]               `json:"attributes"`
	EnableScriptContext opt[bool]                     `json:"enable_script_context"`
	Customized          opt[bool]                     `json:"enabledDatabaseCustomization"`
	ImportMode          opt[bool]                     `json:"import_mode"`
	Configuration       opt[map[string]opt[string]]   `json:"configuration" rule:"nullable"`
	CustomScripts       opt[customScripts]            `json:"customScripts"`
	Methods             opt[authenticationMethods]    `json:"authentication_methods" rule:"nullable"`
	Passkey             opt[passkeyOptions]           `json:"passkey_options" rule:"nullable"`
	PasswordPolicy      opt[string]                   `json:"passwordPolicy" rule:"nullable" enum:"none,low,fair,good,excellent"`
	Complexity          opt[passwordComplexity]       `json:"password_complexity_options" rule:"nullable"`
	History             opt[passwordHistory]          `json:"password_history" rule:"nullable"`
	NoPersonalInfo      opt[switched]                 `json:"password_no_personal_info" rule:"nullable"`
	Dictionary          opt[passwordDictionary]       `json:"password_dictionary" rule:"nullable"`
	EnableUsers         opt[bool]                     `json:"api_enable_users"`
	EnableGroups        opt[bool]                     `json:"api_enable_groups"`
	BasicProfile        opt[bool]                     `json:"basic_profile"`
	ExtAdmin            opt[bool]                     `json:"ext_admin"`
	ExtSuspended        opt[bool]                     `json:"ext_is_suspended"`
	ExtTerms            opt[bool]                     `json:"ext_agreed_terms"`
	ExtGroups           opt[bool]                     `json:"ext_groups"`
	ExtPlans            opt[bool]                     `json:"ext_assigned_plans"`
	ExtProfile          opt[bool]                     `json:"ext_profile"`
	NoSelfService       opt[bool]                     `json:"disable_self_service_change_password"`
	UpstreamParams      opt[map[string]opt[upstream]] `json:"upstream_params" rule:"nullable"`
	RootAttributes      opt[string]                   `json:"set_user_root_attributes" enum:"on_each_login,on_first_login,never_on_login"`
	Gateway             opt[gateway]                  `json:"gateway_authentication" rule:"nullable"`
	FederatedTokens     opt[federatedTokens]          `json:"federated_connections_access_tokens" rule:"nullable"`
	PasswordOptions     opt[passwordOptions]          `json:"password_options"`
	IDTokenAlgs         opt[[]string]                 `json:"id_token_signed_response_algs" rule:"nullable" enum:"ES256,ES384,PS256,PS384,RS256,RS384,RS512"`
	AuthMethod          opt[string]                   `json:"token_endpoint_auth_method" rule:"nullable" enum:"client_secret_post,private_key_jwt"`
	AuthAlg             opt[string]                   `json:"token_endpoint_auth_signing_alg" rule:"nullable" enum:"ES256,ES384,PS256,PS384,RS256,RS384,RS512"`
	AudienceFormat      opt[string]                   `json:"token_endpoint_jwtca_aud_format" enum:"issuer,token_endpoint"`
}

type usernameRules struct {
	Username opt[struct {
		Min int64 `json:"min" rule:"required,min=1"`
		Max int64 `json:"max" rule:"required,max=128"`
	}] `json:"username" rule:"nullable"`
}

type attributes struct {
	Email    opt[emailAttribute]    `json:"email"`
	Phone    opt[phoneAttribute]    `json:"phone_number"`
	Username opt[usernameAttribute] `json:"username"`
}

type identifierAttribute struct {
	Active        opt[bool]   `json:"active"`
	DefaultMethod opt[string] `json:"default_method" enum:"password,email_otp,phone_otp"`
}

type signupVerified struct {
	Status       opt[string]         `json:"status" enum:"required,optional,inactive"`
	Verification opt[optionalActive] `json:"verification"`
}

type optionalActive struct {
	Active opt[bool] `json:"active"`
}

type emailAttribute struct {
	Identifier      opt[identifierAttribute] `json:"identifier"`
	Unique          opt[bool]                `json:"unique"`
	ProfileRequired opt[bool]                `json:"profile_required"`
	Verification    opt[string]              `json:"verification_method" enum:"link,otp"`
	Signup          opt[signupVerified]      `json:"signup"`
}

type phoneAttribute struct {
	Identifier      opt[identifierAttribute] `json:"identifier"`
	ProfileRequired opt[bool]                `json:"profile_required"`
	Signup          opt[signupVerified]      `json:"signup"`
}

type usernameAttribute struct {
	Identifier      opt[identifierAttribute] `json:"identifier"`
	ProfileRequired opt[bool]                `json:"profile_required"`
	Signup          opt[struct {
		Status opt[string] `json:"status" enum:"required,optional,inactive"`
	}] `json:"signup"`
	Validation opt[struct {
		Min   opt[float64] `json:"min_length" rule:"min=1,max=128"`
		Max   opt[float64] `json:"max_length" rule:"min=1,max=128"`
		Types opt[struct {
			Email opt[bool] `json:"email"`
			Phone opt[bool] `json:"phone_number"`
		}] `json:"allowed_types"`
	}] `json:"validation"`
}
