package web

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"crypto/rand"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"gatehouse/models"
)

// Session is an administrator's console session. This file is the one bridge to gorilla/sessions, which speaks net/http: a
// store needs only cookies and a context, so it is given a request that has nothing else.
type Session struct {
	models.ConsoleSession
	gorilla *sessions.Session
}

// Names of what gorilla carries from StartSession to Save.
const (
	sessionValue = "session"
	stillValue   = "still"
)

// Still tells, inside the transaction that stores a session, whether what it stands on holds. It keeps that so until the end.
type Still func(ctx context.Context, tx models.DB) error

// store keeps gorilla's sessions in the database: the cookie holds a signed random id, the table its SHA-256.
type store struct {
	db    models.DB
	codec *securecookie.SecureCookie
	cache *models.Cache[models.ConsoleSession]
	now   func() time.Time
}

var _ sessions.Store = (*store)(nil)

func newStore(db models.DB, v *models.Vault) *store {
	codec := securecookie.New(v.DataKey(models.KeySession), nil).MaxAge(int(models.SessionAbsolute / time.Second))
	codec.SetSerializer(securecookie.JSONEncoder{})
	return &store{db: db, codec: codec, cache: models.NewCache[models.ConsoleSession](db.Caches, models.CacheSession, 4096), now: models.Now}
}

// row finds a session. On PostgreSQL another node may have ended it a moment ago, so that it is read each time (SECURITY-BAR T3).
func (s *store) row(ctx context.Context, hash string) (models.ConsoleSession, error) {
	if s.db.Postgres {
		return s.load(ctx, hash)
	}
	return s.cache.Get(ctx, hash, s.load)
}

// Get gives the session of the request.
func (s *store) Get(r *http.Request, name string) (*sessions.Session, error) { return s.New(r, name) }

// New reads the session that the cookie names, or begins an empty one.
func (s *store) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	session.IsNew = true
	cookie, err := r.Cookie(name)
	if err != nil {
		return session, nil
	}
	var id string
	if err := s.codec.Decode(name, cookie.Value, &id); err != nil {
		return session, nil // a forged or outdated cookie is no session
	}
	row, err := s.row(r.Context(), models.HashToken(id))
	if err != nil {
		if models.IsFault(err, models.NotFound) {
			return session, nil
		}
		return session, err
	}
	if !row.Live(s.now()) {
		return session, nil
	}
	session.ID, session.IsNew = id, false
	session.Values[sessionValue] = row
	return session, nil
}

// Save writes the session's row and its cookie; a negative MaxAge ends both.
func (s *store) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	row, _ := session.Values[sessionValue].(models.ConsoleSession)
	if session.Options.MaxAge < 0 {
		http.SetCookie(w, sessions.NewCookie(session.Name(), "", session.Options))
		return s.end(r.Context(), row.IDHash)
	}
	still, _ := session.Values[stillValue].(Still)
	if err := s.insert(r.Context(), row, still); err != nil {
		return err
	}
	value, err := s.codec.Encode(session.Name(), session.ID)
	if err != nil {
		return err
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), value, session.Options))
	return nil
}

func (s *store) load(ctx context.Context, hash string) (models.ConsoleSession, error) {
	var row models.ConsoleSession
	err := s.db.Read.NewSelect().Model(&row).Where("id_hash = ?", hash).Scan(ctx)
	return row, models.Found(err, "session")
}

func (s *store) insert(ctx context.Context, row models.ConsoleSession, still Still) error {
	return models.InTx(ctx, s.db, func(ctx context.Context, tx models.DB) error {
		if still != nil {
			if err := still(ctx, tx); err != nil {
				return err
			}
		}
		_, err := tx.Write.NewInsert().Model(&row).Exec(ctx)
		return err
	})
}

func (s *store) end(ctx context.Context, hash string) error {
	return models.InTx(ctx, s.db, func(ctx context.Context, tx models.DB) error {
		tx.Drop(models.CacheSession, hash)
		_, err := tx.Write.NewDelete().Model((*models.ConsoleSession)(nil)).Where("id_hash = ?", hash).Exec(ctx)
		return err
	})
}

// seen moves the idle clock, at most once a minute.
func (s *store) seen(ctx context.Context, row models.ConsoleSession) error {
	now := s.now()
	if now.Sub(row.LastSeenAt) < time.Minute {
		return nil
	}
	return models.InTx(ctx, s.db, func(ctx context.Context, tx models.DB) error {
		tx.Drop(models.CacheSession, row.IDHash)
		_, err := tx.Write.NewUpdate().Model((*models.ConsoleSession)(nil)).Set("last_seen_at = ?", now).Where("id_hash = ?", row.IDHash).Exec(ctx)
		return err
	})
}

// cookieJar lets gorilla set cookies without a net/http response.
type cookieJar struct{ header http.Header }

func (j cookieJar) Header() http.Header         { return j.header }
func (j cookieJar) Write(b []byte) (int, error) { return len(b), nil }
func (j cookieJar) WriteHeader(int)             {}

func (r *Request) plainRequest() *http.Request {
	req := &http.Request{Method: r.c.Method(), Header: http.Header{}}
	if cookies := r.c.Get("Cookie"); cookies != "" {
		req.Header.Set("Cookie", cookies)
	}
	return req.WithContext(r.ctx)
}

// secure tells whether cookies of this request can be Secure: the origin is https, or the connection is.
func (r *Request) secure() bool { return r.srv.https(r.origin) || r.c.Context().IsTLS() }

// cookieName has the prefix that browsers bind to host and https wherever https is in use.
func (r *Request) cookieName(name string) string {
	if r.secure() {
		return "__Host-" + name
	}
	return name
}

func (r *Request) options() *sessions.Options {
	return &sessions.Options{Path: "/", HttpOnly: true, Secure: r.secure(), SameSite: http.SameSiteLaxMode}
}

func (r *Request) loadSession() error {
	s, err := r.srv.sessions.New(r.plainRequest(), r.cookieName("gatehouse"))
	if err != nil || s.IsNew {
		return err
	}
	r.session = &Session{ConsoleSession: s.Values[sessionValue].(models.ConsoleSession), gorilla: s}
	if err := r.srv.sessions.seen(r.ctx, r.session.ConsoleSession); models.Out(err) {
		r.srv.Log.Warn("the idle clock of a session could not be moved; pages are shown all the same", "request_id", r.id, "error", err)
	} else if err != nil {
		return err
	}
	return nil
}

// StartSession signs an administrator in with a session id of its own, ending the one the browser had (no fixation). Whoever was
// judged a moment ago may have been shut out since: still refuses the session then; nil asks nothing.
func (r *Request) StartSession(administratorID string, still Still) error {
	if r.session != nil {
		if err := r.srv.sessions.end(r.ctx, r.session.IDHash); err != nil {
			return err
		}
		r.session = nil
	}
	id, now := randomID(), r.srv.sessions.now()
	s := sessions.NewSession(r.srv.sessions, r.cookieName("gatehouse"))
	s.ID, s.Options = id, r.options()
	row := models.ConsoleSession{IDHash: models.HashToken(id), AdministratorID: administratorID, IP: r.ip, Agent: cutText(r.c.Get("User-Agent"), 200),
		CreatedAt: now, AuthAt: now, LastSeenAt: now, ExpiresAt: now.Add(models.SessionAbsolute)}
	s.Values[sessionValue], s.Values[stillValue] = row, still
	if err := r.saveSession(s); err != nil {
		return err
	}
	r.session = &Session{ConsoleSession: row, gorilla: s}
	return nil
}

// EndSession signs the administrator out, on the server and in the browser.
func (r *Request) EndSession() error {
	if r.session == nil {
		return nil
	}
	r.session.gorilla.Options = r.options()
	r.session.gorilla.Options.MaxAge = -1
	err := r.saveSession(r.session.gorilla)
	r.session = nil
	return err
}

func (r *Request) saveSession(s *sessions.Session) error {
	jar := cookieJar{http.Header{}}
	if err := r.srv.sessions.Save(r.plainRequest(), jar, s); err != nil {
		return err
	}
	for _, c := range jar.header.Values("Set-Cookie") {
		r.c.Response().Header.Add("Set-Cookie", c)
	}
	return nil
}

// cookie sets a small cookie of our own; an empty value ends it.
func (r *Request) cookie(name, value string, life time.Duration) {
	o := r.options()
	o.MaxAge = int(life / time.Second)
	if value == "" {
		o.MaxAge = -1
	}
	r.c.Response().Header.Add("Set-Cookie", sessions.NewCookie(r.cookieName(name), value, o).String())
}

func randomID() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func cutText(s string, n int) string { return models.Clean(s[:min(len(s), n)]) }
