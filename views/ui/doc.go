// Package ui is the design system of the console: the shell, the fields, the table, and every other part that pages
// are put together from. It imports only static and templ, so any view may use it; it knows no feature.
//
// What surrounds a page (who is signed in, the CSRF token, toasts, what the role allows) comes from the
// context: web calls WithChrome once for each request. A page is then a templ component such as
//
//	templ List(v View) {
//		@ui.Shell(ui.Head{Title: "Applications", Nav: "applications"}) {
//			@ui.PageHeader(ui.HeaderOpts{Title: "Applications", Sub: "Everything that asks for sign-ins or tokens."}) {
//				@ui.Button(ui.Action{Label: "Create application", Icon: "plus", Kind: "primary",
//					Href: "/console/applications/new", Can: "application.create"})
//			}
//			@ui.FilterBar(ui.FilterOpts{Action: "/console/applications", Label: "Filter applications",
//				Search: "Search applications", Query: v.Q, Filters: v.Filters})
//			@ui.Results("results", ui.Plural(v.Total, "application", "")) {
//				@ui.Form(ui.FormOpts{Action: "/console/applications/delete"}) {
//					@ui.Card(ui.CardOpts{Bare: true}) {
//						@ui.DataTable(ui.TableOpts{ID: "apps", Caption: "Applications, sorted by name", Selectable: true, Menu: true,
//							Sort: v.Sort, SortHref: ui.SortLink("/console/applications", v.Query),
//							Columns: []ui.Column{{Label: "Name", Sort: "name"}, {Label: "Clients", Right: true, Optional: true}, {Label: "Status"}}}) {
//							for _, a := range v.Apps {
//								<tr id={ "apps-" + a.ID }>
//									@ui.SelectCell("id", a.ID, "Select " + a.Name)
//									@ui.NameCell(ui.NameCellOpts{Title: a.Name, Href: "/console/applications/" + a.ID, Tile: a.Tile})
//									<td class="r opt">{ ui.Number(a.Clients) }</td>
//									<td>
//										@ui.StatusWord(ui.StateOK, "Active")
//									</td>
//									@ui.RowMenu("m-" + a.ID, "Actions for " + a.Name, ui.MenuItem{Label: "Delete", Icon: "trash-2",
//										Danger: true, Modal: true, Href: "/console/applications/" + a.ID + "/delete"})
//								</tr>
//							}
//						}
//						@ui.Pager(ui.PagerOpts{Summary: v.Summary, Newer: v.Newer, Older: v.Older})
//					}
//					@ui.BulkBar(ui.BulkOpts{Noun: "application", Total: v.Total}) {
//						@ui.Button(ui.Action{Label: "Delete", Icon: "trash-2", Kind: "ghost", Small: true})
//					}
//				}
//			}
//		}
//	}
//
// and a form is
//
//	@ui.ErrorSummary(v.Problems...)
//	@ui.Form(ui.FormOpts{Action: v.Action, ID: "edit", Version: v.Version, Guard: true}) {
//		@ui.FormSection("basics", "Basics", "What people see.") {
//			@ui.TextInput(ui.Input{Name: "name", Label: "Name", Value: v.Name, Error: v.Errors["name"], Required: true})
//			@ui.Switch(ui.Input{Name: "dpop", Label: "Bind tokens to the device", Term: "DPoP", Checked: v.DPoP})
//		}
//	}
//
// whose bar at the foot is Head{Foot: ui.SaveBar(ui.SaveBarOpts{Form: "edit", Problems: v.Problems})}.
//
// # Rules
//
// Every control is a link with an address or a form with an action and a method; htmx attributes only make it
// smoother. There is no inline script, style or handler: the policy of the pages forbids them, and a test of this
// package looks for them. Components never set margins around themselves: wrap them in stack, stack loose, row, cols (with
// c3 to c12 on its children) or split. Controls that need scripts carry the class js, which hides them without.
//
// A link or form is boosted: htmx fetches the whole page and swaps the body, so a handler needs nothing special; it
// answers 422 with the page and its ErrorSummary, or 303. What changes the session, the theme or downloads something says Plain.
// An answer of 5xx never replaces the page: the script shows a toast with the request id.
package ui
