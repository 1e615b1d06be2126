package auth0

import "gatehouse/web"

// addons are settings of integrations, checked and kept. Several of them hold keys and passwords, so the whole is sealed.
type addons struct {
	AWS                  opt[addonAWS]        `json:"aws"`
	AzureBlob            opt[addonAzureBlob]  `json:"azure_blob"`
	AzureSB              opt[addonAzureSB]    `json:"azure_sb"`
	RMS                  opt[addonURL]        `json:"rms"`
	MSCRM                opt[addonURL]        `json:"mscrm"`
	Slack                opt[addonSlack]      `json:"slack"`
	Sentry               opt[addonSentry]     `json:"sentry"`
	Box                  opt[addonAny]        `json:"box"`
	CloudBees            opt[addonAny]        `json:"cloudbees"`
	Concur               opt[addonAny]        `json:"concur"`
	Dropbox              opt[addonAny]        `json:"dropbox"`
	EchoSign             opt[addonDomain]     `json:"echosign"`
	Egnyte               opt[addonDomain]     `json:"egnyte"`
	Firebase             opt[addonFirebase]   `json:"firebase"`
	NewRelic             opt[addonAccount]    `json:"newrelic"`
	Office365            opt[addonOffice]     `json:"office365"`
	Salesforce           opt[addonSalesforce] `json:"salesforce"`
	SalesforceAPI        opt[addonSalesAPI]   `json:"salesforce_api"`
	SalesforceSandboxAPI opt[addonSalesAPI]   `json:"salesforce_sandbox_api"`
	SAMLP                opt[addonSAML]       `json:"samlp"`
	Layer                opt[addonLayer]      `json:"layer"`
	SAPAPI               opt[addonSAP]        `json:"sap_api"`
	SharePoint           opt[addonSharePoint] `json:"sharepoint"`
	SpringCM             opt[addonSpringCM]   `json:"springcm"`
	WAMS                 opt[addonWAMS]       `json:"wams"`
	WSFed                opt[addonAny]        `json:"wsfed"`
	Zendesk              opt[addonZendesk]    `json:"zendesk"`
	Zoom                 opt[addonAccount]    `json:"zoom"`
	SSOIntegration       opt[addonSSO]        `json:"sso_integration"`
	OAG                  opt[struct{}]        `json:"oag" rule:"nullable"`
}

type addonAny struct{ web.Open }

type addonAWS struct {
	web.Open
	Principal opt[string] `json:"principal"`
	Role      opt[string] `json:"role"`
	Lifetime  opt[int64]  `json:"lifetime_in_seconds" rule:"min=900,max=43200"`
}

type addonAzureBlob struct {
	web.Open
	AccountName      opt[string] `json:"accountName" pattern:"^[a-z0-9]{3,24}$"`
	StorageAccessKey opt[string] `json:"storageAccessKey" pattern:"^[A-Za-z0-9+/]{86}==$"`
	ContainerName    opt[string] `json:"containerName" pattern:"^[a-z0-9][a-z0-9-]{2,62}$"`
	BlobName         opt[string] `json:"blobName" rule:"min=1,max=1024"`
	Expiration       opt[int64]  `json:"expiration" rule:"min=0"`
	SignedIdentifier opt[string] `json:"signedIdentifier"`
	BlobRead         opt[bool]   `json:"blob_read"`
	BlobWrite        opt[bool]   `json:"blob_write"`
	BlobDelete       opt[bool]   `json:"blob_delete"`
	ContainerRead    opt[bool]   `json:"container_read"`
	ContainerWrite   opt[bool]   `json:"container_write"`
	ContainerDelete  opt[bool]   `json:"container_delete"`
	ContainerList    opt[bool]   `json:"container_list"`
}

type addonAzureSB struct {
	web.Open
	Namespace  opt[string] `json:"namespace"`
	SASKeyName opt[string] `json:"sasKeyName"`
	SASKey     opt[string] `json:"sasKey"`
	EntityPath opt[string] `json:"entityPath"`
	Expiration opt[int64]  `json:"expiration"`
}

type addonURL struct {
	web.Open
	URL string `json:"url" rule:"required"`
}

type addonSlack struct {
	web.Open
	Team string `json:"team" rule:"required"`
}

type addonSentry struct {
	web.Open
	OrgSlug opt[string] `json:"org_slug"`
	BaseURL opt[string] `json:"base_url"`
}

type addonDomain struct {
	web.Open
	Domain opt[string] `json:"domain"`
}

type addonFirebase struct {
	web.Open
	Secret       opt[string] `json:"secret"`
	PrivateKeyID opt[string] `json:"private_key_id"`
	PrivateKey   opt[string] `json:"private_key"`
	ClientEmail  opt[string] `json:"client_email"`
	Lifetime     opt[int64]  `json:"lifetime_in_seconds"`
}

type addonAccount struct {
	web.Open
	Account opt[string] `json:"account"`
}

type addonOffice struct {
	web.Open
	Domain     opt[string] `json:"domain"`
	Connection opt[string] `json:"connection"`
}

type addonSalesforce struct {
	web.Open
	EntityID opt[string] `json:"entity_id"`
}

type addonSalesAPI struct {
	web.Open
	ClientID            opt[string] `json:"clientid"`
	Principal           opt[string] `json:"principal"`
	CommunityName       opt[string] `json:"communityName"`
	CommunityURLSection opt[string] `json:"community_url_section"`
}

type addonSAML struct {
	web.Open
	Mappings             opt[addonAny] `json:"mappings"`
	Audience             opt[string]   `json:"audience"`
	Recipient            opt[string]   `json:"recipient"`
	CreateUPNClaim       opt[bool]     `json:"createUpnClaim"`
	MapUnknownClaims     opt[bool]     `json:"mapUnknownClaimsAsIs"`
	PassthroughClaims    opt[bool]     `json:"passthroughClaimsWithNoMapping"`
	MapIdentities        opt[bool]     `json:"mapIdentities"`
	SignatureAlgorithm   opt[string]   `json:"signatureAlgorithm"`
	DigestAlgorithm      opt[string]   `json:"digestAlgorithm"`
	Issuer               opt[string]   `json:"issuer"`
	Destination          opt[string]   `json:"destination"`
	LifetimeInSeconds    opt[int64]    `json:"lifetimeInSeconds"`
	SignResponse         opt[bool]     `json:"signResponse"`
	NameIdentifierFormat opt[string]   `json:"nameIdentifierFormat"`
	NameIdentifierProbes opt[[]string] `json:"nameIdentifierProbes" rule:"min=1"`
	AuthnContextClassRef opt[string]   `json:"authnContextClassRef"`
}

type addonLayer struct {
	web.Open
	ProviderID string      `json:"providerId" rule:"required"`
	KeyID      string      `json:"keyId" rule:"required"`
	PrivateKey string      `json:"privateKey" rule:"required"`
	Principal  opt[string] `json:"principal"`
	Expiration opt[int64]  `json:"expiration" rule:"min=0"`
}

type addonSAP struct {
	web.Open
	ClientID             opt[string] `json:"clientid"`
	UsernameAttribute    opt[string] `json:"usernameAttribute"`
	TokenEndpointURL     opt[string] `json:"tokenEndpointUrl"`
	Scope                opt[string] `json:"scope"`
	ServicePassword      opt[string] `json:"servicePassword"`
	NameIdentifierFormat opt[string] `json:"nameIdentifierFormat"`
}

type addonSharePoint struct {
	web.Open
	URL         opt[string] `json:"url"`
	ExternalURL textOrTexts `json:"external_url"`
}

type addonSpringCM struct {
	web.Open
	ACSURL opt[string] `json:"acsurl"`
}

type addonWAMS struct {
	web.Open
	MasterKey opt[string] `json:"masterkey"`
}

type addonZendesk struct {
	web.Open
	AccountName opt[string] `json:"accountName"`
}

type addonSSO struct {
	web.Open
	Name    opt[string] `json:"name"`
	Version opt[string] `json:"version"`
}
