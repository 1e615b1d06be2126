package logto

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// kindProfileField is the kind of documents that hold a field; their key is its name.
const kindProfileField = "custom_profile_field"

// keptField is what is kept of a field.
type keptField struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Type        string      `json:"type"`
	Label       string      `json:"label"`
	Description *string     `json:"description"`
	Required    bool        `json:"required"`
	Config      fieldConfig `json:"config"`
	Order       float64     `json:"sieOrder"`
}

// profileFieldOut is a field as it is shown.
type profileFieldOut struct {
	TenantID string `json:"tenantId"`
	keptField
	CreatedAt int64 `json:"createdAt"`
}

func (d Dialect) profileFieldRoutes(f web.Face) []web.Route {
	const at, one = "/api/custom-profile-fields", "/api/custom-profile-fields/:name"
	const read, create, update, remove = kindProfileField + ".read", kindProfileField + ".create", kindProfileField + ".update", kindProfileField + ".delete"
	return []web.Route{
		{"GET", at, read, web.Do(f, 200, d.listFields).With(kept("custom profile fields", "List the fields"))},
		{"POST", at, create, web.Do(f, 201, d.createField).With(kept("custom profile fields", "Create a field"))},
		{"POST", at + "/batch", create, web.Do(f, 201, d.createFields).With(kept("custom profile fields", "Create several fields"))},
		{"POST", at + "/properties/sie-order", update, web.Do(f, 200, d.orderFields).With(kept("custom profile fields", "Set the order of fields"))},
		{"GET", one, read, web.Do(f, 200, d.getField).With(kept("custom profile fields", "Read a field"))},
		{"PUT", one, update, web.Do(f, 200, d.putField).With(kept("custom profile fields", "Replace a field"))},
		{"DELETE", one, remove, web.Do0(f, 204, d.deleteField).With(kept("custom profile fields", "Delete a field"))},
	}
}

func shownField(row models.Document) (profileFieldOut, error) {
	out := profileFieldOut{TenantID: row.TenantID, CreatedAt: millis(row.CreatedAt)}
	if err := json.Unmarshal(row.Body, &out.keptField); err != nil {
		return out, fmt.Errorf("read the profile field %s: %w", row.Key, err)
	}
	return out, nil
}

func fieldRef(name string) documents.Ref {
	return documents.Ref{Kind: kindProfileField, Key: name}
}

// fields reads all fields in the order in which they are asked for.
func (d Dialect) fields(ctx context.Context) ([]profileFieldOut, error) {
	rows, err := d.Documents.List(ctx, kindProfileField)
	if err != nil {
		return nil, err
	}
	out := make([]profileFieldOut, len(rows))
	for i, row := range rows {
		if out[i], err = shownField(row); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b profileFieldOut) int { return cmp.Compare(a.Order, b.Order) })
	return out, nil
}

func (d Dialect) listFields(ctx context.Context, _ web.None) ([]profileFieldOut, error) {
	return d.fields(ctx)
}

// fieldNameIn names a field in a path.
type fieldNameIn struct {
	Name string `path:"name" json:"-"`
}

func (d Dialect) getField(ctx context.Context, in fieldNameIn) (out profileFieldOut, err error) {
	row, err := d.Documents.Get(ctx, fieldRef(in.Name))
	if err != nil {
		return out, err
	}
	return shownField(row)
}

func (d Dialect) createField(ctx context.Context, in newFieldIn) (profileFieldOut, error) {
	out, err := d.createFields(ctx, newFieldsIn{[]newFieldIn{in}})
	if err != nil {
		return profileFieldOut{}, err
	}
	return out[0], nil
}

// createFields adds fields after those there are. All are made, or none.
func (d Dialect) createFields(ctx context.Context, in newFieldsIn) (out []profileFieldOut, err error) {
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		there, err := d.fields(models.Lend(ctx, kindProfileField+".read"))
		if err != nil {
			return err
		}
		last := 0.0
		for _, f := range there {
			last = max(last, f.Order)
		}
		out = make([]profileFieldOut, len(in.Fields))
		for i, one := range in.Fields {
			if out[i], err = d.addField(ctx, one, last+float64(i)+1); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (d Dialect) addField(ctx context.Context, in newFieldIn, order float64) (out profileFieldOut, err error) {
	if err := cmp.Or(nameRefused(in.Name), in.refused()); err != nil {
		return out, err
	}
	f := in.on(keptField{ID: models.NewID(models.LongID), Name: in.Name, Order: order})
	row, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: fieldRef(in.Name), Body: f, Mode: documents.CreateOnly})
	if err != nil {
		return out, err
	}
	return shownField(row)
}

// putFieldIn replaces a field but for its name.
type putFieldIn struct {
	fieldNameIn
	fieldIn
}

func (d Dialect) putField(ctx context.Context, in putFieldIn) (profileFieldOut, error) {
	if err := in.refused(); err != nil {
		return profileFieldOut{}, err
	}
	return d.changeField(ctx, in.Name, func(f keptField) keptField {
		return in.on(keptField{ID: f.ID, Name: f.Name, Order: f.Order})
	})
}

func (d Dialect) changeField(ctx context.Context, name string, change func(keptField) keptField) (out profileFieldOut, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		row, err := d.Documents.Get(models.Lend(ctx, kindProfileField+".read"), fieldRef(name))
		if err != nil {
			return err
		}
		before, err := shownField(row)
		if err != nil {
			return err
		}
		after := change(before.keptField)
		if row, _, err = d.Documents.Put(ctx, documents.PutIn{Ref: fieldRef(name), Body: after, Version: models.Some(row.Version), Mode: documents.UpdateOnly}); err != nil {
			return err
		}
		out, err = shownField(row)
		return err
	})
	return out, err
}

func (d Dialect) deleteField(ctx context.Context, in fieldNameIn) error {
	return d.Documents.Delete(ctx, fieldRef(in.Name))
}

// orderIn is where fields stand.
type orderIn struct {
	Order []struct {
		Name  string  `json:"name" rule:"required"`
		Order float64 `json:"sieOrder" rule:"required"`
	} `json:"order" rule:"required"`
}

func (d Dialect) orderFields(ctx context.Context, in orderIn) (out []profileFieldOut, err error) {
	names, places := make([]profileField, len(in.Order)), map[float64]bool{}
	for i, o := range in.Order {
		names[i], places[o.Order] = profileField{o.Name}, true
	}
	if len(places) != len(in.Order) {
		return nil, refuse("custom_profile_fields.conflicted_sie_order", "Each field has a place of its own.")
	}
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		if err := d.profileFieldsExist(ctx, names); err != nil {
			return err
		}
		for _, o := range in.Order {
			if _, err := d.changeField(ctx, o.Name, func(f keptField) keptField { f.Order = o.Order; return f }); err != nil {
				return err
			}
		}
		out, err = d.fields(models.Lend(ctx, kindProfileField+".read"))
		return err
	})
	return out, err
}

// askedFields are the fields that sign-up asks for, in its order, and all fields there are.
func (d Dialect) askedFields(ctx context.Context, names []string) (asked, all []profileFieldOut, err error) {
	all, err = d.fields(ctx)
	asked = []profileFieldOut{}
	for _, name := range names {
		if i := slices.IndexFunc(all, func(f profileFieldOut) bool { return f.Name == name }); i >= 0 {
			asked = append(asked, all[i])
		}
	}
	return asked, all, err
}

// profileFieldsExist refuses names that no field has.
func (d Dialect) profileFieldsExist(ctx context.Context, names []profileField) error {
	if len(names) == 0 {
		return nil
	}
	there, err := d.fields(models.Lend(ctx, kindProfileField+".read"))
	if err != nil {
		return err
	}
	var missing []string
	for _, n := range names {
		if !slices.ContainsFunc(there, func(f profileFieldOut) bool { return f.Name == n.Name }) {
			missing = append(missing, n.Name)
		}
	}
	if len(missing) > 0 {
		return refuse("custom_profile_fields.entity_not_exists_with_names", "There is no profile field named "+strings.Join(missing, ", ")+".")
	}
	return nil
}
