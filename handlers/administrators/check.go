package administrators

import (
	"net/mail"
	"strings"
	"unicode"

	"gatehouse/models"
)

// apply gives the administrator with the changes of in, or says what is wrong with them.
func (in UpdateIn) apply(a models.Administrator) (models.Administrator, error) {
	in.Name.V = strings.TrimSpace(in.Name.V)
	in.Name.To(&a.Name)
	in.Role.To(&a.Role)
	in.Disabled.To(&a.Disabled)
	var c models.Check
	CheckName(&c, a.Name)
	checkRole(&c, a.Role)
	return a, c.Err()
}

func checkRole(c *models.Check, role string) {
	if c.That(role != "", "role", "required", "Choose a role.") {
		c.OneOf("role", role, models.Roles...)
	}
}

// CheckName notes a name that cannot be shown.
func CheckName(c *models.Check, name string) {
	c.Length("name", name, 1, 100)
	c.That(strings.IndexFunc(name, unicode.IsControl) < 0, "name", "control_characters", "Leave out line breaks and control characters.")
}

// CheckEmail notes what is no address of a mailbox.
func CheckEmail(c *models.Check, email string) {
	if !c.That(email != "", "email", "required", "This field needs a value.") {
		return
	}
	a, err := mail.ParseAddress(email)
	c.That(err == nil && a.Address == email && len(email) <= 254 && strings.Contains(email, "@"), "email", "not_an_email",
		"Use an address such as mia@example.com.")
}
