package models

import "strings"

// Names gives a dialect's names for the product's, by the longest path that fits: with {"device": "device_authorization"}
// a fault at device.input_uri is told at device_authorization.input_uri.
type Names map[string]string

// Rename puts the dialect's names into a fault. at stands before each: "first_client." for a client inside an application.
func (m Names) Rename(err error, at string) error {
	return Renamed(err, func(ours string) string { return at + m.Name(ours) })
}

// Renamed gives a copy of a fault whose fields are called otherwise. Any other error stays as it is.
func Renamed(err error, name func(string) string) error {
	fault, ok := AsFault(err)
	if !ok || len(fault.Fields) == 0 {
		return err
	}
	told := *fault
	told.Fields = make([]FieldFault, len(fault.Fields))
	for i, f := range fault.Fields {
		f.Name = name(f.Name)
		told.Fields[i] = f
	}
	return &told
}

// Name is the dialect's name of one path of the product's.
func (m Names) Name(ours string) string {
	for end := len(ours); end > 0; end = strings.LastIndexAny(ours[:end], ".[") {
		if wire, ok := m[ours[:end]]; ok {
			return wire + ours[end:]
		}
	}
	return ours
}
