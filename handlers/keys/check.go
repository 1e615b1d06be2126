package keys

import (
	"strings"

	"gatehouse/models"
)

func checkCreate(in CreateIn) (models.SigningKey, error) {
	row := models.SigningKey{Name: strings.TrimSpace(in.Name), Alg: in.Alg, Source: models.KeyGenerated}
	if row.Alg == "" {
		row.Alg = models.AlgES256
	}
	var c models.Check
	c.Length("name", row.Name, 0, 100)
	c.OneOf("alg", row.Alg, models.Algs...)
	return row, c.Err()
}

func checkOwnName(name string, c *models.Check) string {
	name = strings.TrimSpace(name)
	c.Length("name", name, 1, 100)
	return name
}

func checkUpdate(in UpdateOwnIn) error {
	var c models.Check
	if in.Name.Set {
		checkOwnName(in.Name.V, &c)
	}
	if in.Status.Set {
		if c.That(in.Status.V != "", "status", "required", "This field needs a value.") {
			c.OneOf("status", in.Status.V, models.KeySigning, models.KeyValidating, models.KeyDisabled)
		}
	}
	return c.Err()
}
