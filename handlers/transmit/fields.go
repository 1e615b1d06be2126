package transmit

import (
	"strings"

	"gatehouse/models"
)

// fields gives the document's names for the product's, by the longest path that fits: with {"device": "device_authorization"}
// a fault at device.input_uri is told at device_authorization.input_uri.
type fields map[string]string

// rename puts the document's names into a fault. at stands before each: "first_client." for a client inside an application.
func (m fields) rename(err error, at string) error {
	return renamed(err, func(ours string) string { return at + m.name(ours) })
}

func renamed(err error, name func(string) string) error {
	fault, ok := models.AsFault(err)
	if !ok || len(fault.Fields) == 0 {
		return err
	}
	told := *fault
	told.Fields = make([]models.FieldFault, len(fault.Fields))
	for i, f := range fault.Fields {
		f.Name = name(f.Name)
		told.Fields[i] = f
	}
	return &told
}

func (m fields) name(ours string) string {
	for end := len(ours); end > 0; end = strings.LastIndexAny(ours[:end], ".[") {
		if wire, ok := m[ours[:end]]; ok {
			return wire + ours[end:]
		}
	}
	return ours
}
