package hosted

import (
	"context"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"gatehouse/models"
)

// fernway is the customer of the design pictures.
func fernway() models.Experience {
	e := models.DefaultExperience()
	e.Branding.DisplayName, e.Branding.Primary, e.Branding.DarkPrimary = "Fernway", "#0f5f47", "#57c79f"
	e.Methods.Identifiers = append(e.Methods.Identifiers, models.IdentifierMethod{Identifier: "phone", Code: true})
	e.Passkey = models.PasskeySignIn{Enabled: true, Button: true, Autofill: true}
	e.Content.TermsURL, e.Content.PrivacyURL, e.Content.SupportURL = "https://fernway.example/terms", "https://fernway.example/privacy", "https://fernway.example/help"
	e.MFA.Factors = []string{"totp", "passkey", "backup_code"}
	return e
}

func look(e models.Experience) *Look {
	return NewLook(e, []Connection{{"c1", "google", "Google"}, {"c2", "apple", "Apple"}, {"c3", "samlp", "Work"}})
}

func draw(t testing.TB, p Page) string {
	t.Helper()
	var s strings.Builder
	if err := View(p).Render(context.Background(), &s); err != nil {
		t.Fatal(err)
	}
	return s.String()
}

func page(l *Look, step Step, lang string) Page {
	return Page{Look: l, Name: l.Title("Default tenant"), Words: l.WordsFor(lang, ""), Step: step, Action: "/sign-in", CSRF: "token", Client: Client{Name: "Storefront", Domain: "store.example"},
		Identifier: "ada@post.example", Sent: "email", Digits: 6, Minutes: 10, TrustDays: 30}
}

func TestEveryPhraseExistsInEveryLanguageWithTheSamePlaceholders(t *testing.T) {
	english := builtIn()["en"]
	for _, lang := range BuiltIn {
		c := builtIn()[lang]
		for key, p := range english {
			name, counted := pluralName(key)
			if counted {
				key = name + ".other"
				p = english[key]
			}
			got, ok := c[key]
			if !ok {
				t.Errorf("%s lacks %s", lang, key)
				continue
			}
			a, b := p.names(), got.names()
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				t.Errorf("%s %s: placeholders %v, English has %v", lang, key, b, a)
			}
		}
		for key := range c {
			name, counted := pluralName(key)
			if _, ok := english[key]; !ok && !(counted && english[name+".other"] != nil) {
				t.Errorf("%s has %s, which English lacks", lang, key)
			}
		}
	}
}

func pluralName(key string) (string, bool) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return key, false
	}
	for _, f := range forms {
		if key[i+1:] == f {
			return key[:i], true
		}
	}
	return key, false
}

func TestEveryLanguageHasThePluralFormsItNeeds(t *testing.T) {
	for lang, needs := range map[string][]string{"en": {"one", "other"}, "es": {"one", "many", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}} {
		for key := range builtIn()["en"] {
			name, counted := pluralName(key)
			if !counted {
				continue
			}
			for _, form := range needs {
				if _, ok := builtIn()[lang][name+"."+form]; !ok {
					t.Errorf("%s lacks %s.%s", lang, name, form)
				}
			}
		}
	}
}

func TestNumbersTakeTheFormOfTheLanguage(t *testing.T) {
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"en", 1, "1 try left, then a pause."}, {"en", 4, "4 tries left, then a pause."},
		{"es", 1, "Queda 1 intento; después hay una pausa."}, {"es", 4, "Quedan 4 intentos; después hay una pausa."},
		{"ar", 2, "بقيت محاولتان، ثم فترة انتظار."}, {"ar", 4, "بقيت 4 محاولات، ثم فترة انتظار."}, {"ar", 11, "بقيت 11 محاولة، ثم فترة انتظار."},
		{"fr", 4, "4 tries left, then a pause."},
	} {
		if got := NewWords(c.lang, nil).N("password.tries", c.n); got != c.want {
			t.Errorf("%s %d: %q", c.lang, c.n, got)
		}
	}
}

func TestTheLanguageFollowsTheQuestionThenTheBrowserThenTheDefault(t *testing.T) {
	e := fernway()
	e.Languages = models.Languages{Default: "es", AutoDetect: true, Enabled: []string{"en", "es", "ar"}}
	l := look(e)
	for _, c := range []struct{ asked, accept, want string }{
		{"", "", "es"}, {"ar", "en", "ar"}, {"fr ar", "", "ar"}, {"", "ar-EG,en;q=0.5", "ar"}, {"", "de", "es"}, {"nonsense!", "en-GB", "en"}, {"", "*;;", "es"},
	} {
		if got := l.WordsFor(c.asked, c.accept).Language; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	e.Languages.AutoDetect = false
	if got := look(e).WordsFor("", "ar").Language; got != "es" {
		t.Errorf("not followed: %s", got)
	}
}

func TestEveryStepDrawsInEveryLanguageWithoutAMissingPhrase(t *testing.T) {
	for _, layout := range []string{"split", "card"} {
		e := fernway()
		e.Branding.Layout = layout
		l := look(e)
		for _, step := range Steps {
			for _, lang := range BuiltIn {
				p := page(l, step, lang)
				html := draw(t, p)
				if strings.Count(html, "<h1>") != 1 || strings.Contains(html, "<h1></h1>") || strings.Contains(html, "<title> -") {
					t.Errorf("%s %s %s: title or heading missing", layout, step, lang)
				}
				if strings.Contains(html, "<script") || strings.Contains(html, " style=") || strings.Contains(html, "<style") || strings.Contains(html, "{name}") {
					t.Errorf("%s %s %s: something that the policy forbids, or an unfilled phrase", layout, step, lang)
				}
				if want := `<html lang="` + lang + `" dir="` + Direction(lang) + `">`; !strings.Contains(html, want) {
					t.Errorf("%s %s: no %s", step, lang, want)
				}
			}
		}
	}
	if Direction("ar") != "rtl" || Direction("he") != "rtl" || Direction("es") != "ltr" {
		t.Error("directions")
	}
}

func TestHostileNamesAreTextOnly(t *testing.T) {
	hostile := `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	e := fernway()
	e.Branding.DisplayName = hostile
	e.Content.TermsURL = "javascript:alert(1)"
	e.Phrases = map[string]map[string]string{"en": {"sign_in.title": hostile, "sign_in.agree": hostile + "{terms}"}}
	l := NewLook(e, []Connection{{`"><b>`, hostile, hostile}})
	for _, step := range Steps {
		p := page(l, step, "en")
		p.Client = Client{Name: hostile, Domain: hostile, Owner: hostile, LogoURL: `x" onerror="alert(1)`, ThirdParty: true, PrivacyURL: "javascript:alert(1)"}
		p.Identifier, p.Reference = hostile, hostile
		p.Faults = []Fault{{"", hostile}, {"password", hostile}, {"identifier", hostile}, {"code", hostile}}
		p.Scopes = []Scope{{"mail", hostile, hostile}}
		html := draw(t, p)
		for _, bad := range []string{"<script", "<img src=x", `" onerror="`, "javascript:", "<b>"} {
			if strings.Contains(html, bad) {
				t.Errorf("%s holds %s", step, bad)
			}
		}
	}
}

func TestOnlyTheMethodsThatAreOnAreOffered(t *testing.T) {
	e := fernway()
	html := draw(t, page(look(e), SignIn, "en"))
	for _, want := range []string{"E-mail or phone number", "Sign in with a passkey", ">Google<", `New to Fernway? <a href="/register">Create an account</a>`, "username webauthn",
		`By continuing you agree to the <a href="https://fernway.example/terms">terms of use</a> and have read the <a href="https://fernway.example/privacy">privacy notice</a>.`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s", want)
		}
	}
	e.Passkey, e.SignUp.Mode, e.Content.TermsURL, e.Content.PrivacyURL = models.PasskeySignIn{}, models.ModeSignIn, "", ""
	e.Methods.Identifiers = []models.IdentifierMethod{{Identifier: "username", Password: true}}
	html = draw(t, page(NewLook(e, nil), SignIn, "en"))
	for _, not := range []string{"passkey", "or continue with", "New to", "agree", "E-mail"} {
		if strings.Contains(html, not) {
			t.Errorf("still %s", not)
		}
	}
}

func TestContrastFollowsTheStandard(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1}, {"#777777", "#ffffff", 4.48}, {"#0f5f47", "#ffffff", 7.64}, {"#57c79f", "#14171e", 8.60}, {"red", "#ffffff", 0}} {
		if got := Ratio(c.a, c.b); math.Abs(got-c.want) > 0.02 {
			t.Errorf("%s on %s: %.3f", c.a, c.b, got)
		}
	}
}

func TestTextStaysReadableWhateverTheColour(t *testing.T) {
	for _, primary := range []string{"#ffffff", "#000000", "#ffff00", "#ff0000", "#777777", "#3448c5", "#0f5f47"} {
		b := models.Branding{Primary: primary, DarkMode: true}
		for _, v := range Verdicts(b) {
			if v.Pair != "primary_on_background" && !v.Passes {
				t.Errorf("%s: %+v", primary, v)
			}
		}
	}
	if f := Failing(Verdicts(models.Branding{Primary: "#ffff00", DarkMode: true})); len(f) != 1 || f[0].Pair != "primary_on_background" || f[0].Theme != "light" {
		t.Errorf("yellow on white: %+v", f)
	}
	if n := len(Verdicts(models.Branding{DarkMode: true})); n != 12 {
		t.Errorf("%d pairs", n)
	}
}

func TestABrandSheetIsMadeAgainFromItsAddress(t *testing.T) {
	for _, b := range []models.Branding{{}, {Primary: "#0f5f47"}, {Primary: "#0F5F47", DarkPrimary: "#57c79f", Background: "#ffffff", DarkBackground: "#000000", Font: "serif", Corners: "round"}, {Background: "#fafafa", Corners: "square"}} {
		code := BrandCode(b)
		sheet, ok := BrandSheet(code)
		if !ok || BrandCode(b) != code || !strings.HasPrefix(string(sheet), "@layer brand") {
			t.Errorf("%+v: %s %v", b, code, ok)
		}
		if other := BrandCode(models.Branding{Primary: "#123456", Font: b.Font, Corners: b.Corners}); other == code {
			t.Errorf("%+v shares its address", b)
		}
	}
	for _, code := range []string{"", "x", "AAAAAAAAAAAAAAAA", BrandCode(models.Branding{}) + "AA", strings.Repeat("A", 31), "../../etc"} {
		if _, ok := BrandSheet(code); ok {
			t.Errorf("%q is a sheet", code)
		}
	}
}

func FuzzBrandSheet(f *testing.F) {
	f.Add(BrandCode(models.Branding{Primary: "#0f5f47"}))
	f.Fuzz(func(t *testing.T, code string) {
		if sheet, ok := BrandSheet(code); ok && strings.ContainsAny(string(sheet), "<@\\") && strings.Count(string(sheet), "@") != 1 {
			t.Errorf("%q gives %s", code, sheet)
		}
	})
}

func TestPlaceholdersAreCutAnyWay(t *testing.T) {
	for text, names := range map[string]int{"": 0, "{": 0, "}": 0, "{}": 1, "a{b}c{b}": 1, "} {a}": 1, "{a": 0, "a}b{c": 0} {
		if got := len(PlaceholdersIn(text)); got != names {
			t.Errorf("%q: %d", text, got)
		}
	}
}

func BenchmarkHostedSignIn(b *testing.B) {
	l := look(fernway())
	p := page(l, SignIn, "en")
	view := View(p)
	b.ReportAllocs()
	for b.Loop() {
		if err := view.Render(context.Background(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
