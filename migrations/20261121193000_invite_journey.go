package migrations

func init() {
	add("20261121193000_invite_journey", inviteJourney)
}

// inviteJourney is the journey that an application's invitations start, which one dialect can say.
const inviteJourney = `
ALTER TABLE applications ADD COLUMN invite_journey_id TEXT NOT NULL DEFAULT ''
`
