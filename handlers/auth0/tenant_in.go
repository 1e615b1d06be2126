package auth0

import "gatehouse/web"

// tenantKept are the tenant's settings that nothing here acts on: checked, kept and given back.
type tenantKept struct {
	ChangePassword     kept[tenantPage]  `json:"change_password" rule:"nullable"`
	GuardianMFAPage    kept[tenantPage]  `json:"guardian_mfa_page" rule:"nullable"`
	DefaultDirectory   opt[string]       `json:"default_directory"`
	ErrorPage          kept[errorPage]   `json:"error_page" rule:"nullable"`
	DeviceFlow         kept[deviceFlow]  `json:"device_flow" rule:"nullable"`
	DefaultTokenQuota  kept[quotas]      `json:"default_token_quota" rule:"nullable,minprops=1"`
	Flags              kept[tenantFlags] `json:"flags"`
	PictureURL         opt[string]       `json:"picture_url" pattern:"^$|^https?://"`
	AllowedLogoutURLs  opt[[]string]     `json:"allowed_logout_urls"`
	SessionLifetime    opt[int64]        `json:"session_lifetime" rule:"min=1"`
	IdleLifetime       opt[int64]        `json:"idle_session_lifetime" rule:"min=1"`
	EphemeralLifetime  opt[int64]        `json:"ephemeral_session_lifetime" rule:"min=1"`
	IdleEphemeral      opt[int64]        `json:"idle_ephemeral_session_lifetime" rule:"min=1"`
	SandboxVersion     opt[string]       `json:"sandbox_version" rule:"max=8"`
	LegacySandbox      opt[string]       `json:"legacy_sandbox_version" rule:"max=8"`
	DefaultRedirection opt[string]       `json:"default_redirection_uri" pattern:"^$|^https://"`
	EnabledLocales     opt[[]string]     `json:"enabled_locales" rule:"minitems=1" enum:"am,ar,ar-EG,ar-SA,az,bg,bn,bs,ca-ES,cnr,cs,cy,da,de,el,en,en-CA,es,es-419,es-AR,es-MX,et,eu-ES,fa,fi,fr,fr-CA,fr-FR,gl-ES,gu,he,hi,hr,hu,hy,id,is,it,ja,ka,kk,kn,ko,lt,lv,mk,ml,mn,mr,ms,my,nb,nl,nn,no,pa,pl,pt,pt-BR,pt-PT,ro,ru,sk,sl,so,sq,sr,sv,sw,ta,te,th,tl,tr,uk,ur,vi,zgh,zh-CN,zh-HK,zh-MO,zh-TW"`
	SessionCookie      kept[cookieMode]  `json:"session_cookie" rule:"nullable"`
	Sessions           kept[sessions]    `json:"sessions" rule:"nullable"`
	OIDCLogout         kept[endSession]  `json:"oidc_logout"`
	OrganizationName   opt[bool]         `json:"allow_organization_name_in_authentication_api" rule:"nullable"`
	CustomizeMFA       opt[bool]         `json:"customize_mfa_in_postlogin_action" rule:"nullable"`
	ACRValues          opt[[]string]     `json:"acr_values_supported" rule:"nullable"`
	MTLS               kept[mtls]        `json:"mtls" rule:"nullable"`
	PARSupported       opt[bool]         `json:"pushed_authorization_requests_supported" rule:"nullable"`
	IssSupported       opt[bool]         `json:"authorization_response_iss_parameter_supported" rule:"nullable"`
	SkipConfirmation   opt[bool]         `json:"skip_non_verifiable_callback_uri_confirmation_prompt" rule:"nullable"`
	ResourceProfile    opt[string]       `json:"resource_parameter_profile" enum:"audience,compatibility"`
	MetadataDocuments  opt[bool]         `json:"client_id_metadata_document_supported"`
	PhoneConsolidated  opt[bool]         `json:"phone_consolidated_experience"`
	EnableAIGuide      opt[bool]         `json:"enable_ai_guide"`
	RegistrationMode   opt[string]       `json:"dynamic_client_registration_security_mode" enum:"strict,permissive"`
}

type tenantPage struct {
	Enabled opt[bool]   `json:"enabled"`
	HTML    opt[string] `json:"html"`
}

type errorPage struct {
	HTML        opt[string] `json:"html"`
	ShowLogLink opt[bool]   `json:"show_log_link"`
	URL         opt[string] `json:"url"`
}

type deviceFlow struct {
	Charset opt[string] `json:"charset" enum:"base20,digits"`
	Mask    opt[string] `json:"mask" rule:"max=20"`
}

type quotas struct {
	Clients       opt[openQuota] `json:"clients"`
	Organizations opt[openQuota] `json:"organizations"`
}

type openQuota struct {
	web.Open
	tokenQuota
}

type cookieMode struct {
	Mode string `json:"mode" rule:"required" enum:"persistent,non-persistent"`
}

type sessions struct {
	LogoutPrompt opt[bool] `json:"oidc_logout_prompt_enabled"`
}

type endSession struct {
	Discovery opt[bool] `json:"rp_logout_end_session_endpoint_discovery"`
}

type mtls struct {
	Aliases opt[bool] `json:"enable_endpoint_aliases"`
}

type tenantFlags struct {
	ChangePwdFlowV1                                opt[bool] `json:"change_pwd_flow_v1"`
	EnableAPIsSection                              opt[bool] `json:"enable_apis_section"`
	DisableImpersonation                           opt[bool] `json:"disable_impersonation"`
	EnableClientConnections                        opt[bool] `json:"enable_client_connections"`
	EnablePipeline2                                opt[bool] `json:"enable_pipeline2"`
	AllowLegacyDelegationGrantTypes                opt[bool] `json:"allow_legacy_delegation_grant_types"`
	AllowLegacyROGrantTypes                        opt[bool] `json:"allow_legacy_ro_grant_types"`
	AllowLegacyTokeninfoEndpoint                   opt[bool] `json:"allow_legacy_tokeninfo_endpoint"`
	EnableLegacyProfile                            opt[bool] `json:"enable_legacy_profile"`
	EnableIDTokenAPI2                              opt[bool] `json:"enable_idtoken_api2"`
	EnablePublicSignupUserExistsError              opt[bool] `json:"enable_public_signup_user_exists_error"`
	EnableSSO                                      opt[bool] `json:"enable_sso"`
	AllowChangingEnableSSO                         opt[bool] `json:"allow_changing_enable_sso"`
	DisableClickjackProtectionHeaders              opt[bool] `json:"disable_clickjack_protection_headers"`
	NoDiscloseEnterpriseConnections                opt[bool] `json:"no_disclose_enterprise_connections"`
	EnforceClientAuthenticationOnPasswordlessStart opt[bool] `json:"enforce_client_authentication_on_passwordless_start"`
	EnableAdfsWaadEmailVerification                opt[bool] `json:"enable_adfs_waad_email_verification"`
	RevokeRefreshTokenGrant                        opt[bool] `json:"revoke_refresh_token_grant"`
	DashboardLogStreamsNext                        opt[bool] `json:"dashboard_log_streams_next"`
	DashboardInsightsView                          opt[bool] `json:"dashboard_insights_view"`
	DisableFieldsMapFix                            opt[bool] `json:"disable_fields_map_fix"`
	MFAShowFactorListOnEnrollment                  opt[bool] `json:"mfa_show_factor_list_on_enrollment"`
	RemoveAlgFromJwks                              opt[bool] `json:"remove_alg_from_jwks"`
	ImprovedSignupBotDetectionInClassic            opt[bool] `json:"improved_signup_bot_detection_in_classic"`
	GenaiTrial                                     opt[bool] `json:"genai_trial"`
	EnableDynamicClientRegistration                opt[bool] `json:"enable_dynamic_client_registration"`
	DisableManagementAPISmsObfuscation             opt[bool] `json:"disable_management_api_sms_obfuscation"`
	TrustAzureAdfsEmailVerifiedConnectionProperty  opt[bool] `json:"trust_azure_adfs_email_verified_connection_property"`
	CustomDomainsProvisioning                      opt[bool] `json:"custom_domains_provisioning"`
}
