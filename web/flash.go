package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gorilla/sessions"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// Flash queues a toast for the next page that the browser is sent to. It says what it was about and then what happened to it,
// without a full stop: "Storefront saved", "2 applications deleted".
func Flash(ctx context.Context, toast ui.Toast) {
	r := Current(ctx)
	if r == nil {
		return
	}
	r.toasts = append(r.toasts, toast)
	body, err := json.Marshal(r.toasts)
	if err != nil || len(body) > 2000 {
		return
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	r.cookie("gatehouse_flash", text+"."+r.flashMAC(text), time.Minute)
}

// FlashText queues a plain toast.
func FlashText(ctx context.Context, text string) { Flash(ctx, ui.Toast{Text: text}) }

func (r *Request) flashMAC(text string) string {
	return base64.RawURLEncoding.EncodeToString(r.srv.vault.MAC(models.KeyCSRF, "flash", text))
}

// takeToasts gives the queued toasts once.
func (r *Request) takeToasts() []ui.Toast {
	if len(r.toasts) > 0 {
		return r.toasts
	}
	value := r.c.Cookies(r.cookieName("gatehouse_flash"))
	if value == "" {
		return nil
	}
	r.cookie("gatehouse_flash", "", 0)
	var toasts []ui.Toast
	text, mac := splitLast(value)
	if mac != r.flashMAC(text) {
		return nil
	}
	if body, err := base64.RawURLEncoding.DecodeString(text); err == nil {
		_ = json.Unmarshal(body, &toasts)
	}
	return toasts
}

func splitLast(s string) (before, after string) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// themeCookie is readable by nothing but the server and needs no prefix: it decides colours only.
func themeCookie(theme string, o *sessions.Options) string {
	return (&http.Cookie{Name: "gatehouse_theme", Value: theme, Path: "/", MaxAge: o.MaxAge, HttpOnly: true, Secure: o.Secure, SameSite: http.SameSiteLaxMode}).String()
}
