// Package faults puts what is wrong with an input where a person sees it: in the summary above a form and beside its fields.
package faults

import (
	"slices"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// Problems are the lines of a form's ErrorSummary; none for no fault.
func Problems(f *models.Fault) []ui.Problem {
	if f == nil {
		return nil
	}
	if len(f.Fields) == 0 {
		return []ui.Problem{{Text: f.Text}}
	}
	var out []ui.Problem
	for _, field := range f.Fields {
		out = append(out, ui.Problem{Field: field.Name, Text: field.Text})
	}
	return out
}

// Named is Problems with the label of each field in front: a summary stands far from its fields. labels are pairs of a field's
// name and its label, in the order of the form; the summary follows it.
func Named(f *models.Fault, labels ...string) []ui.Problem {
	out := Problems(f)
	for i, p := range out {
		for n := 0; n+1 < len(labels); n += 2 {
			if labels[n] == p.Field {
				out[i].Text = labels[n+1] + ": " + p.Text
			}
		}
	}
	slices.SortStableFunc(out, func(a, b ui.Problem) int { return slices.Index(labels, a.Field) - slices.Index(labels, b.Field) })
	return out
}

// At is what is wrong with one field, empty for nothing.
func At(f *models.Fault, field string) string {
	if f == nil {
		return ""
	}
	for _, at := range f.Fields {
		if at.Name == field {
			return at.Text
		}
	}
	return ""
}
