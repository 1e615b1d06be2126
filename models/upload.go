package models

import (
	"time"

	"github.com/uptrace/bun"
)

// Upload is a file that somebody sent, kept as it came. It belongs to what names it by its id; what nothing names for a while goes.
type Upload struct {
	bun.BaseModel `bun:"table:uploads,alias:up"`

	ID        string     `bun:"id,pk" json:"id" audit:"-"`
	TenantID  string     `bun:"tenant_id" json:"-"`
	Kind      string     `bun:"kind" json:"kind" doc:"What it is for: custom_ui_assets."`
	Name      string     `bun:"name" json:"name" doc:"What the sender calls the file."`
	MediaType string     `bun:"media_type" json:"media_type" doc:"What the content was seen to be."`
	SHA256    string     `bun:"sha256" json:"sha256" doc:"Hash of the content, in base64url."`
	Bytes     int64      `bun:"bytes" json:"bytes"`
	CreatedBy string     `bun:"created_by" json:"created_by" audit:"-"`
	CreatedAt time.Time  `bun:"created_at" json:"created_at" audit:"-"`
	NamedAt   *time.Time `bun:"named_at" json:"named_at,omitempty" audit:"-"` // when something took it last

	// Content is read by whoever asks for this one file, and by no list.
	Content []byte `bun:"content" json:"-"`
}
