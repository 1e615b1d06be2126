package logto

import (
	"regexp"
	"slices"
	"strconv"

	"gatehouse/models"
	"gatehouse/web"
)

// Types of profile fields with rules of their own.
const (
	fieldText     = "Text"
	fieldNumber   = "Number"
	fieldDate     = "Date"
	fieldCheckbox = "Checkbox"
	fieldSelect   = "Select"
	fieldRegex    = "Regex"
	fieldAddress  = "Address"
	fieldFullname = "Fullname"
)

// fieldIn is what a writer may say about a field.
type fieldIn struct {
	Type        string           `json:"type" rule:"required" enum:"Text,Number,Date,Checkbox,Select,Url,Regex,Address,Fullname"`
	Label       opt[string]      `json:"label" rule:"min=1,max=128"`
	Description opt[string]      `json:"description" rule:"max=256"`
	Required    bool             `json:"required" rule:"required"`
	Config      opt[fieldConfig] `json:"config"`
}

// fieldConfig is what a value of the field may be. Which members count depends on the type.
type fieldConfig struct {
	Placeholder  opt[string]        `json:"placeholder,omitzero" rule:"max=256"`
	MinLength    opt[float64]       `json:"minLength,omitzero" rule:"min=0"`
	MaxLength    opt[float64]       `json:"maxLength,omitzero" rule:"min=0"`
	MinValue     opt[float64]       `json:"minValue,omitzero"`
	MaxValue     opt[float64]       `json:"maxValue,omitzero"`
	Format       opt[string]        `json:"format,omitzero" rule:"max=128"`
	CustomFormat opt[string]        `json:"customFormat,omitzero" rule:"max=128"`
	Options      opt[[]fieldOption] `json:"options,omitzero"`
	DefaultValue opt[string]        `json:"defaultValue,omitzero"`
	Parts        opt[[]fieldPart]   `json:"parts,omitzero"`
}

// fieldOption is one choice.
type fieldOption struct {
	Label opt[string] `json:"label,omitzero"`
	Value string      `json:"value" rule:"required"`
}

// fieldPart is one part of a name or an address.
type fieldPart struct {
	Enabled     bool            `json:"enabled" rule:"required"`
	Name        string          `json:"name" rule:"required" enum:"formatted,streetAddress,locality,region,postalCode,country,givenName,middleName,familyName"`
	Type        string          `json:"type" rule:"required" enum:"Text,Number,Date,Checkbox,Select,Url,Regex,Address,Fullname"`
	Label       opt[string]     `json:"label,omitzero" rule:"min=1"`
	Description opt[string]     `json:"description,omitzero"`
	Required    bool            `json:"required" rule:"required"`
	Config      opt[partConfig] `json:"config,omitzero"`
}

// partConfig is fieldConfig without parts.
type partConfig struct {
	Placeholder  opt[string]        `json:"placeholder,omitzero" rule:"max=256"`
	MinLength    opt[float64]       `json:"minLength,omitzero" rule:"min=0"`
	MaxLength    opt[float64]       `json:"maxLength,omitzero" rule:"min=0"`
	MinValue     opt[float64]       `json:"minValue,omitzero"`
	MaxValue     opt[float64]       `json:"maxValue,omitzero"`
	Format       opt[string]        `json:"format,omitzero" rule:"max=128"`
	CustomFormat opt[string]        `json:"customFormat,omitzero" rule:"max=128"`
	Options      opt[[]fieldOption] `json:"options,omitzero"`
	DefaultValue opt[string]        `json:"defaultValue,omitzero"`
}

// CheckShape adds what each type needs.
func (in *fieldIn) CheckShape(c *models.Check) { in.check(c, "") }

func (in *fieldIn) check(c *models.Check, at string) {
	conf, has := in.Config.V, in.Config.Set
	need := func(ok bool, member string) { c.That(ok, at+member, "required", "This member is required.") }
	switch in.Type {
	case fieldDate:
		need(!has || conf.Format.Set, "config.format")
	case fieldCheckbox:
		need(!has || conf.DefaultValue.Set, "config.defaultValue")
		c.That(!in.Required, at+"required", "not_false", "Invalid literal value, expected false")
		c.That(!conf.DefaultValue.Set || slices.Contains([]string{"true", "false"}, conf.DefaultValue.V), at+"config.defaultValue", "not_allowed", "Use true or false.")
	case fieldSelect:
		need(conf.Options.Set, "config.options")
	case fieldRegex:
		need(conf.Format.Set, "config.format")
	case fieldAddress, fieldFullname:
		need(conf.Parts.Set, "config.parts")
	}
}

// refused tells what no field can be, in the dialect's own codes.
func (in *fieldIn) refused() error {
	conf := in.Config.V
	_, wrong := regexp.Compile(conf.Format.V)
	switch {
	case in.Type == fieldRegex && wrong != nil:
		return refuse("custom_profile_fields.invalid_regex_format", "The format is not a regular expression.")
	case in.Type == fieldText && over(conf.MinLength, conf.MaxLength), in.Type == fieldNumber && over(conf.MinValue, conf.MaxValue):
		return refuse("custom_profile_fields.invalid_min_max_input", "The least is more than the most.")
	case in.Type == fieldSelect && len(conf.Options.V) == 0:
		return refuse("custom_profile_fields.invalid_options", "A choice needs options.")
	case in.Type == fieldAddress && !partsAre(conf.Parts.V, "formatted", "streetAddress", "locality", "region", "postalCode", "country"):
		return refuse("custom_profile_fields.invalid_address_components", "These are not parts of an address.")
	case in.Type == fieldFullname && !partsAre(conf.Parts.V, "givenName", "middleName", "familyName"):
		return refuse("custom_profile_fields.invalid_fullname_components", "These are not parts of a name.")
	}
	return nil
}

func over(least, most opt[float64]) bool { return least.Set && most.Set && least.V > most.V }

func partsAre(parts []fieldPart, names ...string) bool {
	return !slices.ContainsFunc(parts, func(p fieldPart) bool { return !slices.Contains(names, p.Name) })
}

// on writes a field over the identity that it has.
func (in *fieldIn) on(f keptField) keptField {
	f.Type, f.Label, f.Required, f.Config = in.Type, in.Label.V, in.Required, in.Config.V
	in.Description.ToPtr(&f.Description)
	return f
}

// newFieldIn is a field with its name.
type newFieldIn struct {
	Name string `json:"name" rule:"required,filled,max=128"`
	fieldIn
}

// Names that are something else in a person's record.
var (
	identifierNames = []string{"username", "email", "phone", "primaryEmail", "primaryPhone"}
	reservedNames   = []string{"id", "customData", "identities", "ssoIdentities", "mfaVerifications", "passwordEncrypted", "passwordEncryptionMethod",
		"applicationId", "tenantId", "isSuspended", "lastSignInAt", "createdAt", "updatedAt", "profile", "logtoConfig"}
)

func nameRefused(name string) error {
	switch {
	case slices.Contains(identifierNames, name):
		return refuse("custom_profile_fields.name_conflict_sign_in_identifier", "This name is that of an identifier.")
	case slices.Contains(reservedNames, name):
		return refuse("custom_profile_fields.name_conflict_built_in_prop", "This name is that of a member that everybody has.")
	}
	return nil
}

// mostFields is how many fields one request may make.
const mostFields = 20

// newFieldsIn is a list of fields.
type newFieldsIn struct {
	Fields []newFieldIn `json:"fields"`
}

func (in *newFieldsIn) readWhole(body []byte) error {
	if err := readList(body, "fields", in); err != nil {
		return err
	}
	var c models.Check
	c.That(len(in.Fields) > 0, "", "too_short", "Array must contain at least 1 element(s)")
	c.That(len(in.Fields) <= mostFields, "", "too_long", "Array must contain at most 20 element(s)")
	for i := range in.Fields {
		in.Fields[i].check(&c, "["+strconv.Itoa(i)+"].")
	}
	return c.Err()
}

// itoa is a number in a path.
func itoa(n int) string { return strconv.Itoa(n) }

// readList takes a body that must be a list: member is the one of into that it goes to. Faults name items by their place.
func readList(body []byte, member string, into any) error {
	if i := firstOf(body); i >= 0 && body[i] != '[' {
		if err := web.ReadShape([]byte(`{"`+member+`":`+string(body)+`}`), &struct{}{}, web.Lenient); err != nil {
			return web.ReadShape(body, &struct{}{}, web.Lenient)
		}
		return wrongKind("array", body)
	}
	err := web.ReadShape([]byte(`{"`+member+`":`+string(body)+`}`), into, web.Lenient)
	f, ok := models.AsFault(err)
	if !ok {
		return err
	}
	told := *f
	told.Fields = slices.Clone(f.Fields)
	for i := range told.Fields {
		told.Fields[i].Name = told.Fields[i].Name[min(len(member), len(told.Fields[i].Name)):]
	}
	return &told
}
