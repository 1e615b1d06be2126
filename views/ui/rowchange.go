package ui

import (
	"slices"
	"strconv"
	"strings"
)

// RowChange does what a button of UriListEditor or KeyValueEditor asked for when there were no scripts to do it:
// it adds, removes or corrects one line of the posted values, and says that it did. The caller then draws the form
// again from these values with status 200 and stores nothing. The button's own field, "_row", is removed.
// A line that was added is an empty value at the end: a view that drops empty values passes Blank instead.
func RowChange(form map[string][]string) bool {
	ask := form["_row"]
	delete(form, "_row")
	if len(ask) == 0 {
		return false
	}
	act, rest, _ := strings.Cut(ask[len(ask)-1], ":")
	name, arg, _ := strings.Cut(rest, ":")
	if _, pairs := form[name+".key"]; pairs {
		form[name+".key"] = changeRow(form[name+".key"], 0, act, arg)
		form[name+".value"] = changeRow(form[name+".value"], 0, act, arg)
	} else {
		form[name] = changeRow(form[name], 1, act, arg) // its first value is the empty hidden field
	}
	return true
}

func changeRow(values []string, first int, act, arg string) []string {
	if act == "add" {
		return append(values, arg)
	}
	index, value, _ := strings.Cut(arg, ":")
	i, err := strconv.Atoi(index)
	if i += first; err != nil || i < first || i >= len(values) {
		return values
	}
	values = slices.Clone(values)
	switch act {
	case "remove":
		return slices.Delete(values, i, i+1)
	case "set":
		values[i] = value
	}
	return values
}
