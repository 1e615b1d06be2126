// Package hosted draws the pages that a person sees while signing in. There is one renderer, for the published experience and
// for a draft: both are a Look, and the same Look gives the same bytes. Pages are whole, need no script, and carry no style of
// their own: what a tenant may change is in two stylesheets whose address names their content (brand.css, custom.css).
// It knows nothing of HTTP; handlers/experience serves it.
package hosted
