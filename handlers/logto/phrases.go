package logto

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/experience"
	"gatehouse/models"
	"gatehouse/views/hosted"
	"gatehouse/web"
)

// kindPhrases is the kind of documents that hold the phrases of a language that our pages do not have; their key is its tag.
const kindPhrases = "custom_phrase"

// phraseHomes are names of the document's phrases that say the same as one of ours. A phrase that bears the name of one of ours
// is that one.
var phraseHomes = words{
	"input.username": "identifier.username", "input.email": "identifier.email", "input.phone_number": "identifier.phone",
	"input.password": "password.label", "action.sign_in": "password.submit", "action.continue": "continue", "action.back": "back",
	"action.change": "change", "action.create_account": "register.submit", "action.forgot_password": "password.forgot",
	"action.sign_in_via_passcode": "password.code", "description.terms_of_use": "link.terms", "description.privacy_policy": "link.privacy",
}

// languageTags are the languages that the document knows.
var languageTags = strings.Fields(`af-ZA am-ET ar ar-AR as-IN az-AZ be-BY bg-BG bn-IN br-FR bs-BA ca-ES cb-IQ co-FR cs cs-CZ cx-PH
	cy-GB da-DK de de-DE el-GR en en-GB en-US eo-EO es es-ES es-419 et-EE eu-ES fa-IR ff-NG fi fi-FI fo-FO fr fr-CA fr-FR fy-NL ga-IE
	gl-ES gn-PY gu-IN ha-NG he-IL hi-IN hr-HR ht-HT hu-HU hy-AM id-ID ik-US is-IS it it-IT iu-CA ja ja-JP ja-KS jv-ID ka-GE kk-KZ
	km-KH kn-IN ko ko-KR ku-TR ky-KG lo-LA lt-LT lv-LV mg-MG mk-MK ml-IN mn-MN mr-IN ms-MY mt-MT my-MM nb-NO ne-NP nl nl-BE nl-NL
	nn-NO or-IN pa-IN pl-PL ps-AF pt pt-BR pt-PT ro-RO ru ru-RU rw-RW sc-IT si-LK sk-SK sl-SI sn-ZW sq-AL sr-RS sv sv-SE sw-KE sy-SY
	sz-PL ta-IN te-IN tg-TJ th th-TH tl-PH tr tr-TR tt-RU tz-MA uk-UA ur-PK uz-UZ vi-VN zh zh-CN zh-HK zh-MO zh-TW zz-TR`)

// keptPhrases is the document of a language: the phrases of this dialect, and under which name each of ours was written.
type keptPhrases struct {
	ID    string            `json:"id"`
	Texts map[string]string `json:"texts"`           // by path, dots between steps
	Names map[string]string `json:"names,omitempty"` // of ours, the dialect's path
}

// phraseOut is the phrases of a language.
type phraseOut struct {
	TenantID    string         `json:"tenantId"`
	ID          string         `json:"id"`
	LanguageTag string         `json:"languageTag"`
	Translation map[string]any `json:"translation"`
}

func (d Dialect) phraseRoutes(f web.Face) []web.Route {
	const at, one = "/api/custom-phrases", "/api/custom-phrases/:languageTag"
	return []web.Route{
		{"GET", at, "experience.read", web.Do(f, 200, d.listPhrases).With(doc("custom phrases", "List the phrases of all languages"))},
		{"GET", one, "experience.read", web.Do(f, 200, d.getPhrases).With(doc("custom phrases", "Read the phrases of a language"))},
		{"PUT", one, "experience.update", web.Do(f, 201, d.putPhrases).With(doc("custom phrases", "Replace the phrases of a language"))},
		{"DELETE", one, "experience.update", web.Do0(f, 204, d.deletePhrases).With(doc("custom phrases", "Go back to the built-in phrases of a language"))},
	}
}

// languageIn names a language.
type languageIn struct {
	LanguageTag string `path:"languageTag" json:"-"`
}

func (in languageIn) check() error {
	var c models.Check
	c.OneOf("languageTag", in.LanguageTag, languageTags...)
	return at(c.Err(), invalidParams)
}

// translationIn is the phrases of a language, nested as deep as their names.
type translationIn struct {
	languageIn
	Tree json.RawMessage `json:"-" form:"translation"`
}

func (in *translationIn) readWhole(body []byte) error { return readObject(body, &in.Tree) }

// flat gives the texts of a tree by their paths.
func (in *translationIn) flat() (map[string]string, error) {
	var tree map[string]any
	if err := json.Unmarshal(in.Tree, &tree); err != nil {
		return nil, fmt.Errorf("read phrases: %w", err) // an object, as it was read
	}
	out, c := map[string]string{}, &models.Check{}
	flatten(out, c, "", tree)
	return out, at(c.Err(), invalidBody)
}

func flatten(out map[string]string, c *models.Check, path string, tree map[string]any) {
	for name, value := range tree {
		switch v := value.(type) {
		case string:
			out[path+name] = v
		case map[string]any:
			flatten(out, c, path+name+".", v)
		default:
			raw, _ := json.Marshal(v)
			kind, ok := kinds[raw[0]]
			if !ok {
				kind = "a number"
			}
			c.Add(path+name, "wrong_type", "This must be a string, not "+kind+".")
		}
	}
}

// unflatten nests texts by the dots in their paths. A path that is also the beginning of another stays whole.
func unflatten(texts map[string]string) map[string]any {
	out := map[string]any{}
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		if !plant(out, strings.Split(path, "."), texts[path]) {
			out[path] = texts[path]
		}
	}
	return out
}

// homeAndKept sorts phrases into ours, which the experience keeps, and the dialect's own.
func homeAndKept(texts map[string]string, ours func(key string) bool) (home map[string]string, kept keptPhrases) {
	home, kept = map[string]string{}, keptPhrases{Texts: map[string]string{}, Names: map[string]string{}}
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		key := phraseHomes.ours(path)
		if !ours(key) {
			kept.Texts[path] = texts[path]
			continue
		}
		home[key], kept.Names[key] = texts[path], path
	}
	return home, kept
}

// joined is the phrases of a language as the dialect tells them: its own, and those that the experience has.
func joined(home map[string]string, kept keptPhrases) map[string]any {
	texts := maps.Clone(kept.Texts)
	if texts == nil {
		texts = map[string]string{}
	}
	for key, text := range home {
		path := kept.Names[key]
		if path == "" {
			path = key
		}
		texts[path] = text
	}
	return unflatten(texts)
}

// keptOf reads the documents of all languages.
func (d Dialect) keptOf(ctx context.Context) (map[string]keptPhrases, error) {
	rows, err := d.Documents.List(models.Lend(ctx, kindPhrases+".read"), kindPhrases)
	out := map[string]keptPhrases{}
	for _, row := range rows {
		var k keptPhrases
		if err := json.Unmarshal(row.Body, &k); err != nil {
			return nil, fmt.Errorf("read the phrases of %s: %w", row.Key, err)
		}
		out[row.Key] = k
	}
	return out, err
}

func (d Dialect) listPhrases(ctx context.Context, _ web.None) ([]phraseOut, error) {
	v, err := d.Experience.Get(ctx, experience.ScopeIn{})
	if err != nil {
		return nil, err
	}
	kept, err := d.keptOf(ctx)
	tags := map[string]bool{}
	for tag := range kept {
		tags[tag] = true
	}
	for tag := range v.Settings.Phrases {
		tags[tag] = true
	}
	out := []phraseOut{}
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, shownPhrases(ctx, tag, v.Settings.Phrases[tag], kept[tag]))
	}
	return out, err
}

// shownPhrases shows a language. One that only another face wrote is known by its tag.
func shownPhrases(ctx context.Context, tag string, home map[string]string, kept keptPhrases) phraseOut {
	id := kept.ID
	if id == "" {
		id = tag
	}
	return phraseOut{models.ActorFrom(ctx).TenantID, id, tag, joined(home, kept)}
}

func (d Dialect) getPhrases(ctx context.Context, in languageIn) (phraseOut, error) {
	if err := in.check(); err != nil {
		return phraseOut{}, err
	}
	all, err := d.listPhrases(ctx, web.None{})
	if err != nil {
		return phraseOut{}, err
	}
	if i := slices.IndexFunc(all, func(p phraseOut) bool { return p.LanguageTag == in.LanguageTag }); i >= 0 {
		return all[i], nil
	}
	return phraseOut{}, models.Missing(kindPhrases)
}

func (d Dialect) putPhrases(ctx context.Context, in translationIn) (out phraseOut, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	texts, err := in.flat()
	if err != nil {
		return out, err
	}
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		own, err := d.Experience.GetPhrases(models.Lend(ctx, "experience.read"), experience.PhrasesIn{Language: in.LanguageTag})
		if err != nil {
			return err
		}
		home, kept := homeAndKept(texts, func(key string) bool {
			return slices.ContainsFunc(own.Phrases, func(p experience.Phrase) bool { return p.Key == key })
		})
		if err := d.storePhrases(ctx, in.LanguageTag, home, kept); err != nil {
			return renamed(err, in.LanguageTag, kept)
		}
		out, err = d.getPhrases(models.Lend(ctx, "experience.read"), in.languageIn)
		return err
	})
	return out, err
}

// storePhrases writes a language to both places, and puts it on offer.
func (d Dialect) storePhrases(ctx context.Context, tag string, home map[string]string, kept keptPhrases) error {
	ref := documents.Ref{Kind: kindPhrases, Key: tag}
	before, err := documents.Load(models.Lend(ctx, kindPhrases+".read"), d.Documents, ref, keptPhrases{ID: models.NewID(models.LongID)})
	if err != nil {
		return err
	}
	kept.ID = before.ID
	if _, _, err := d.Documents.Put(models.Lend(ctx, kindPhrases+".*"), documents.PutIn{Ref: ref, Body: kept}); err != nil {
		return err
	}
	_, err = d.Experience.PutPhrases(ctx, experience.PutPhrasesIn{PhrasesIn: experience.PhrasesIn{Language: tag}, Phrases: home})
	if err != nil {
		return err
	}
	return d.offer(ctx, func(tags []string) []string {
		if slices.Contains(tags, tag) {
			return tags
		}
		return append(tags, tag)
	})
}

// offer changes which languages the pages speak.
func (d Dialect) offer(ctx context.Context, change func(tags []string) []string) error {
	v, err := d.Experience.Get(models.Lend(ctx, "experience.read"), experience.ScopeIn{})
	if err != nil {
		return err
	}
	before := v.Settings.Languages.Enabled
	after := change(slices.Clone(before))
	if slices.Equal(before, after) {
		return nil
	}
	tags, err := json.Marshal(map[string]any{"enabled": after})
	if err != nil {
		return err
	}
	_, err = d.Experience.Patch(ctx, experience.PatchIn{Sections: experience.Sections{Languages: tags}})
	return err
}

// renamed tells a fault about phrases by the paths of the dialect.
func renamed(err error, tag string, kept keptPhrases) error {
	f, ok := models.AsFault(err)
	if !ok || f.Code != models.Invalid {
		return err
	}
	told := *f
	told.Reason, told.Fields = invalidBody, slices.Clone(f.Fields)
	for i, field := range told.Fields {
		key := strings.TrimPrefix(field.Name, "phrases."+tag+".")
		if path := kept.Names[key]; path != "" {
			key = path
		}
		told.Fields[i].Name = key
	}
	return &told
}

func (d Dialect) deletePhrases(ctx context.Context, in languageIn) error {
	if err := in.check(); err != nil {
		return err
	}
	return d.again(ctx, func(ctx context.Context, d Dialect) error {
		v, err := d.Experience.Get(models.Lend(ctx, "experience.read"), experience.ScopeIn{})
		if err != nil {
			return err
		}
		if v.Settings.Languages.Default == in.LanguageTag {
			return refuse("localization.cannot_delete_default_language", "This is the language that others fall back to.")
		}
		return d.dropPhrases(ctx, in.LanguageTag, len(v.Settings.Phrases[in.LanguageTag]) > 0)
	})
}

func (d Dialect) dropPhrases(ctx context.Context, tag string, own bool) error {
	err := d.Documents.Delete(models.Lend(ctx, kindPhrases+".delete"), documents.Ref{Kind: kindPhrases, Key: tag})
	if err != nil && !(own && models.IsFault(err, models.NotFound)) {
		return err
	}
	if _, err := d.Experience.DeletePhrases(models.Lend(ctx, "experience.read"), experience.PhrasesIn{Language: tag}); err != nil {
		return err
	}
	if slices.Contains(hosted.BuiltIn, tag) {
		return nil // the pages speak it without phrases of one's own
	}
	return d.offer(ctx, func(tags []string) []string { return slices.DeleteFunc(tags, func(t string) bool { return t == tag }) })
}
