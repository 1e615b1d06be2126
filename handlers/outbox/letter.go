package outbox

import (
	"context"
	"fmt"
	"strings"

	"gatehouse/models"
	views "gatehouse/views/outbox"
)

// Letter is a mail in words; SendLetter gives it both its forms.
type Letter = views.Letter

// SendLetter sends a mail whose text and HTML say the same. m brings everything else.
func (o Ops) SendLetter(ctx context.Context, m Message, l Letter) error {
	var html strings.Builder
	if err := views.Mail(l).Render(ctx, &html); err != nil {
		return fmt.Errorf("write message %s: %w", m.Template, err)
	}
	m.Channel, m.Text, m.HTML = models.ChannelEmail, l.Text(), html.String()
	return o.Send(ctx, m)
}
