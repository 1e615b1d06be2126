package auth0

import (
	"strings"

	"gatehouse/models"
)

// names gives the document's words for the product's, by the longest path that fits: with {"redirect_uris": "callbacks"} a fault
// at redirect_uris[2] is told at callbacks[2].
type names map[string]string

// rename puts the document's words into a fault, so that it names members as the caller spells them.
func (m names) rename(err error) error {
	fault, ok := models.AsFault(err)
	if !ok || len(fault.Fields) == 0 {
		return err
	}
	told := *fault
	told.Fields = make([]models.FieldFault, len(fault.Fields))
	for i, f := range fault.Fields {
		f.Name = m.name(f.Name)
		told.Fields[i] = f
	}
	return &told
}

func (m names) name(ours string) string {
	for end := len(ours); end > 0; end = strings.LastIndexAny(ours[:end], ".[") {
		if wire, ok := m[ours[:end]]; ok {
			return wire + ours[end:]
		}
	}
	return ours
}

// shown puts the document's prefix before an id of ours ("con_", "org_", …).
func shown(prefix, id string) string { return prefix + id }

// bare takes the prefix off an id of the wire. Without it the id is none of ours, and finds nothing.
func bare(prefix, id string) string {
	ours, ok := strings.CutPrefix(id, prefix)
	if !ok {
		return ""
	}
	return ours
}
