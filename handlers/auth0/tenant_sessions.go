package auth0

import (
	"encoding/json"
	"strconv"

	"gatehouse/models"
)

// tenantMinutes are the lifetimes of sessions in minutes, as newer clients of the document send them. They are the same four
// values as the ones in hours, which are what is kept and shown; hours need not be whole. The last two cannot be less than an
// hour, because the document's answers cannot show that.
type tenantMinutes struct {
	SessionMinutes       opt[int64] `json:"session_lifetime_in_minutes" rule:"min=1"`
	IdleMinutes          opt[int64] `json:"idle_session_lifetime_in_minutes" rule:"min=1"`
	EphemeralMinutes     opt[int64] `json:"ephemeral_session_lifetime_in_minutes" rule:"min=60"`
	IdleEphemeralMinutes opt[int64] `json:"idle_ephemeral_session_lifetime_in_minutes" rule:"min=60"`
}

const inMinutes = "_in_minutes"

// minutes are those that were said, by the name of the value in hours.
func (m tenantMinutes) minutes() map[string]opt[int64] {
	return map[string]opt[int64]{"session_lifetime": m.SessionMinutes, "idle_session_lifetime": m.IdleMinutes,
		"ephemeral_session_lifetime": m.EphemeralMinutes, "idle_ephemeral_session_lifetime": m.IdleEphemeralMinutes}
}

// check refuses a lifetime that is said twice.
func (m tenantMinutes) check(c *models.Check, hours tenantKept) {
	said := map[string]json.RawMessage{}
	keptMembers(hours, said)
	for name, value := range m.minutes() {
		_, twice := said[storedPrefix+name]
		c.That(!value.Set || !twice, name+inMinutes, "conflicting", "Cannot be specified together with "+name+".")
	}
}

// into writes the lifetimes as hours.
func (m tenantMinutes) into(said map[string]json.RawMessage) {
	for name, value := range m.minutes() {
		if value.Set {
			said[storedPrefix+name] = json.RawMessage(strconv.FormatFloat(float64(value.V)/60, 'f', -1, 64))
		}
	}
}
