package auth0

import (
	"context"
	"slices"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/experience"
	"gatehouse/models"
	"gatehouse/web"
)

// bruteForce is the lockout of one account. Its threshold is the first tier of the experience's lockout, and while it blocks, that
// tier lasts until somebody unblocks the account. The rest is kept beside.
type bruteForce struct {
	Enabled     opt[bool]      `json:"enabled,omitzero"`
	Shields     opt[[]string]  `json:"shields,omitzero" enum:"block,user_notification"`
	Allowlist   opt[[]ipRange] `json:"allowlist,omitzero"`
	Mode        opt[string]    `json:"mode,omitzero" enum:"count_per_identifier_and_ip,count_per_identifier"`
	MaxAttempts opt[int64]     `json:"max_attempts,omitzero" rule:"min=1,max=100"`
}

const (
	bruteForceKind = "brute_force_protection"
	bruteForcePath = "/attack-protection/brute-force-protection"
	blockShield    = "block"
	mostAttempts   = 100
)

var bruteForceDefaults = bruteForce{Enabled: models.Some(true), Shields: models.Some([]string{blockShield, "user_notification"}),
	Allowlist: models.Some([]ipRange{}), Mode: models.Some("count_per_identifier_and_ip")}

// blocks tells whether it locks accounts at all.
func (b bruteForce) blocks() bool { return b.Enabled.V && slices.Contains(b.Shields.V, blockShield) }

// shownBruteForce is what is kept, with the threshold that is in effect. A threshold that the document cannot say is shown as the
// nearest one that it can. While nothing is blocked, the threshold is the one that would be.
func shownBruteForce(own bruteForce, l models.Lockout) (bruteForce, error) {
	out, err := laid(bruteForceDefaults, own)
	if out.blocks() || !out.MaxAttempts.Set {
		out.MaxAttempts = models.Some(firstTier(l))
	}
	return out, err
}

func firstTier(l models.Lockout) int64 {
	if len(l.Tiers) == 0 {
		return mostAttempts
	}
	return int64(min(l.Tiers[0].Attempts, mostAttempts))
}

// lockoutOf is the change of the lockout that leads from one state to another, empty for none. Without blocking, the tiers below
// the tenant's are in effect again: guessing is never unslowed.
func lockoutOf(before, after bruteForce) map[string]any {
	switch {
	case !after.blocks() && before.blocks():
		return map[string]any{"tiers": nil}
	case after.blocks() && (!before.blocks() || after.MaxAttempts.V != before.MaxAttempts.V):
		return map[string]any{"tiers": []models.LockoutTier{{Attempts: int(after.MaxAttempts.V)}}}
	}
	return nil
}

var lockoutNames = names{"lockout.tiers": "max_attempts"}

func (d Dialect) bruteForceRoutes() []web.Route {
	return []web.Route{
		op("GET", bruteForcePath, readAttack, web.Do(d.Face(), 200, d.getBruteForce)),
		op("PATCH", bruteForcePath, updateAttack, web.Do(d.Face(), 200, d.patchBruteForce)),
	}
}

func (d Dialect) getBruteForce(ctx context.Context, _ web.None) (bruteForce, error) {
	_, shown, err := d.readBruteForce(ctx)
	return shown, err
}

// readBruteForce gives what is kept and what is shown of it.
func (d Dialect) readBruteForce(ctx context.Context) (own, shown bruteForce, err error) {
	if own, err = documents.Load(ctx, d.Documents, only(bruteForceKind), bruteForce{}); err != nil {
		return own, shown, err
	}
	e, err := d.look(ctx)
	if err != nil {
		return own, shown, err
	}
	shown, err = shownBruteForce(own, e.Lockout)
	return own, shown, err
}

func (d Dialect) patchBruteForce(ctx context.Context, in bruteForce) (out bruteForce, err error) {
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		own, before, err := d.readBruteForce(ctx)
		if err != nil {
			return err
		}
		if own, err = laid(own, in); err != nil {
			return err
		}
		after, err := laid(before, in)
		if out = after; err != nil || alike(before, after) {
			return err
		}
		if change := lockoutOf(before, after); change != nil {
			if err := d.publish(ctx, experience.Sections{Lockout: section(change)}, lockoutNames); err != nil {
				return err
			}
		}
		_, _, err = d.Documents.Put(ctx, documents.PutIn{Ref: only(bruteForceKind), Body: own})
		return err
	})
	return out, err
}
