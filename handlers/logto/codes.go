package logto

// codeStatus is the status that goes with an error code of the document; a code that is not here answers 400.
var codeStatus = statuses(map[int][]string{
	401: {
		"auth.authorization_header_missing", "auth.authorization_token_type_not_supported", "auth.expected_role_not_found",
		"auth.jwt_sub_missing", "auth.unauthorized", "secrets.third_party_token_set.access_token_expired", "user.suspended",
		"verification_record.permission_denied",
	},
	403: {
		"application.saml.reach_oss_limit", "auth.forbidden", "auth.third_party_application_forbidden", "role.internal_role_violation",
		"session.mfa.require_mfa_verification", "subscription.limit_exceeded", "system_limit.limit_exceeded",
	},
	404: {
		"application.custom_domain_not_found", "application.saml.no_active_secret", "connector.not_found", "entity.not_exists",
		"entity.not_exists_with_id", "entity.not_found", "entity.relation_foreign_key_not_found", "oidc.invalid_grant",
		"oidc.invalid_session_account_id", "oidc.key_not_found", "oidc.session_not_found", "secrets.third_party_token_set.token_not_found",
		"session.connector_validation_session_not_found", "session.identifier_not_found", "session.interaction_not_found",
		"session.not_found", "session.verification_session_not_found", "user.enterprise_sso_identity_not_exists",
		"user.identity_not_exist", "user.sso_identity_not_exist", "user.user_not_exist", "verification_record.not_found",
	},
	409: {
		"localization.cannot_delete_default_language", "session.identity_conflict",
		"sign_in_experiences.username_policy_case_conflicts_exist", "single_sign_on.duplicate_connector_name",
	},
	416: {"request.range_not_satisfiable"},
	422: {
		"hook.endpoint_responded_with_error", "hook.send_test_payload_failed",
		"action.general", "action.sign_in_identifier_changed", "application.consent_management_api_scopes_not_allowed",
		"application.device_flow_native_only", "application.device_flow_not_changeable", "application.invalid_role_type",
		"application.invalid_subdomain", "application.invalid_type", "application.protected_application_misconfigured",
		"application.protected_application_only", "application.protected_application_subdomain_exists",
		"application.saml.acs_url_binding_not_supported", "application.saml.saml_application_only", "application.secret_name_exists",
		"application.should_delete_custom_domains_first", "application.third_party_application_cannot_enable_token_exchange",
		"application.third_party_application_only", "application.user_consent_scopes_not_found",
		"connector.invalid_type_for_syncing_profile", "connector.more_than_one_connector_factory",
		"connector.multiple_instances_not_supported", "connector.multiple_target_with_same_platform",
		"connector.not_found_with_connector_id", "connector.token_storage_not_supported", "custom_profile_fields.name_exists",
		"domain.domain_is_not_allowed", "domain.exceed_domain_limit", "domain.hostname_already_exists", "domain.limit_to_one_domain",
		"entity.create_failed", "entity.db_constraint_violated", "entity.invalid_input", "entity.unique_integrity_violation",
		"entity.value_too_long", "jwt_customizer.can_not_create_for_admin_tenant", "localization.invalid_translation_structure",
		"oidc.key_required", "oidc.only_previous_key_can_be_deleted", "organization.require_membership",
		"password.expired", "request.feature_not_supported", "request.general", "resource.resource_identifier_in_use",
		"role.application_exists", "role.name_in_use", "role.scope_exists", "role.user_exists", "scope.name_exists",
		"session.captcha_failed", "session.captcha_required", "session.email_blocklist.email_not_allowed",
		"session.email_blocklist.email_subaddressing_not_allowed", "session.invalid_connector_id", "session.invalid_credentials",
		"session.mfa.backup_code_can_not_be_alone", "session.mfa.backup_code_required", "session.mfa.mfa_policy_not_user_controlled",
		"session.mfa.suggest_additional_mfa", "session.not_supported_for_forgot_password", "session.sso_enabled",
		"sign_in_experiences.adaptive_mfa_requires_mfa", "sign_in_experiences.adaptive_mfa_requires_non_skippable_policy",
		"sign_in_experiences.non_adaptive_mfa_requires_skippable_policy", "sign_in_experiences.password_expiration_invalid_period_days",
		"sign_in_experiences.password_expiration_requires_forgot_password", "single_sign_on.duplicated_domains",
		"single_sign_on.forbidden_domains", "user.backup_code_already_in_use", "user.email_already_in_use",
		"user.email_exists_in_profile", "user.identity_already_in_use", "user.identity_not_exists_in_current_user", "user.invalid_phone",
		"user.invalid_role_type", "user.missing_mfa", "user.missing_profile", "user.new_password_required_in_profile",
		"user.passkey_preferred", "user.password_exists_in_profile", "user.personal_access_token_name_exists",
		"user.phone_already_in_use", "user.phone_exists_in_profile", "user.same_password", "user.sign_in_method_not_enabled",
		"user.suggest_mfa", "user.totp_already_in_use", "user.totp_secret_invalid", "user.username_already_in_use",
		"user.username_exists_in_profile", "user.wrong_backup_code_format", "verification_record.social_verification.invalid_target",
		"verification_record.social_verification.token_response_not_found",
	},
	431: {"request.headers_too_large"},
	429: {"auth.exceed_token_limit", "request.message_rate_limited", "request.rate_limited"},
	500: {
		"application.cloudflare_unknown_error", "application.sync_application_secret_failed", "domain.cloudflare_unknown_error",
		"jwt_customizer.general", "oidc.failed_to_cleanup_session_authorization", "oidc.failed_to_revoke_grant",
		"oidc.invalid_session_payload", "session.email_blocklist.disposable_email_validation_failed",
		"single_sign_on.sso_signing_unavailable", "storage.upload_error",
	},
	501: {"application.protected_app_not_configured", "domain.cloudflare_data_missing", "domain.not_configured"},
	502: {"storage.download_error"},
})

func statuses(byStatus map[int][]string) map[string]int {
	out := map[string]int{}
	for status, codes := range byStatus {
		for _, code := range codes {
			out[code] = status
		}
	}
	return out
}
