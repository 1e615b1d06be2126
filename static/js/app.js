"use strict";
// What the console does beyond links and forms. Every page works without this file: it adds copying, focus that
// follows a swap, counting of changes and selections, shortcuts and the like. No framework, no state of its own.
(() => {
  const one = (s, root = document) => root.querySelector(s);
  const all = (s, root = document) => [...root.querySelectorAll(s)];
  const make = (tag, cls, text) => Object.assign(document.createElement(tag), { className: cls || "", textContent: text || "" });
  const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const on = (name, fn, capture) => document.addEventListener(name, fn, capture);

  // say has a live region read it aloud.
  const say = (text, now) => {
    const region = one(now ? "#say-now" : "#say");
    if (!region) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 60);
  };

  const toast = (text, state, button) => {
    const box = make("div", "toast " + (state || ""));
    box.dataset.toast = "";
    box.append(make("span", "", text));
    if (button) box.append(button);
    const close = make("button", "btn ghost sm", "Dismiss");
    close.type = "button";
    close.dataset.dismiss = "";
    box.append(close);
    one("#toasts")?.append(box);
    return box;
  };

  /* Copying */
  const copied = (button) => {
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1600);
    say("Copied");
  };
  const copy = (button) => {
    const from = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
    navigator.clipboard?.writeText(button.dataset.copy ?? from?.textContent ?? "").then(() => copied(button), () => {
      if (from) getSelection().selectAllChildren(from);
      say("Copying is not allowed here. The text is selected.", true);
    });
  };
  const download = (button) => {
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([document.getElementById(button.dataset.copyFrom)?.textContent ?? button.dataset.copy ?? ""]));
    link.download = button.dataset.download;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  /* Dialogs */
  const open = (id, opener = document.activeElement) => {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    if (id === "palette") one("input", dialog).select();
    if (id === "modal") one("[data-close]", dialog)?.focus();
    // What opened it may be inside a menu that has closed meanwhile: then the button of that menu.
    dialog.onclose = () => (opener.checkVisibility() ? opener : one(`[popovertarget="${opener.closest("[popover]")?.id}"]`))?.focus();
  };

  /* Unsaved changes */
  const changed = (field) => {
    if (!field.name || !/^(INPUT|SELECT|TEXTAREA)$/.test(field.tagName) || field.type === "hidden" || field.dataset.select !== undefined) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked && (field.type === "checkbox" || field.checked);
    if (field.options) return [...field.options].some((o) => o.selected !== o.defaultSelected) && field.selectedOptions[0] !== (one("option[selected]", field) ?? field.options[0]);
    return field.value !== field.defaultValue;
  };
  const changes = (form) => [...form.elements].filter(changed).length + Number(form.dataset.rows || 0);
  const dirty = () => all("form[data-guard]").find((f) => !f.dataset.sent && (changes(f) || one("[data-summary]") && one(`[data-savebar="${f.id}"]`)));
  const countChanges = (form) => {
    const bar = form?.id && one(`[data-savebar="${form.id}"]`);
    if (!bar) return;
    const n = changes(form);
    bar.toggleAttribute("data-dirty", n > 0);
    one("[data-changes]", bar).textContent = n ? count(n, "unsaved change") : one("[data-summary]") ? "Not saved yet" : "No unsaved changes";
  };
  const mayLeave = () => !dirty() || confirm("You have unsaved changes. Leave this page without saving?");

  /* Lists with rows */
  const rowsChanged = (list) => {
    const form = list.closest("form");
    form.dataset.rows = Number(form.dataset.rows || 0) + 1;
    countChanges(form);
  };
  const addRow = (list, value) => {
    const row = one("template", list).content.cloneNode(true).firstElementChild;
    const n = all("[data-row]", list).length + 1;
    all("[aria-label]", row).forEach((e) => e.setAttribute("aria-label", e.getAttribute("aria-label").replace("#", n)));
    one("ul,tbody,.rows", list).append(row);
    const input = one("input", row);
    if (value) input.value = value;
    input.focus();
    rowsChanged(list);
  };
  const removeRow = (button) => {
    const list = button.closest("[data-rows-of]");
    const row = button.closest("[data-row]");
    const next = one("input:not([type=hidden])", row.nextElementSibling ?? row.previousElementSibling ?? list) ?? one("[data-add-row]", list);
    row.remove();
    next?.focus();
    rowsChanged(list);
    say("Removed");
  };
  const fix = (button) => {
    const input = document.getElementById(button.dataset.set);
    if (button.dataset.also !== undefined) return addRow(button.closest("[data-rows-of]"), button.value.split(":").slice(2).join(":"));
    input.value = button.dataset.value;
    input.removeAttribute("aria-invalid");
    button.closest(".msg")?.remove();
    input.closest("[data-row]")?.classList.remove("bad", "near");
    input.focus();
    countChanges(input.form);
  };

  /* Selection */
  const countRows = (form) => {
    const boxes = all("[data-select]", form);
    const n = boxes.filter((b) => b.checked).length;
    const head = one("[data-select-all]", form);
    if (head) { head.checked = n > 0 && n === boxes.length; head.indeterminate = n > 0 && n < boxes.length; }
    const label = one("[data-bulk-count]", form);
    if (label && n) label.textContent = `${n} selected`;
    return n;
  };

  const clicks = {
    copy, copyFrom: copy, download,
    open: (b) => open(b.dataset.open),
    close: (b) => b.closest("dialog")?.close(),
    dismiss: (b) => b.closest("[data-toast]").remove(),
    peek: (b) => {
      const input = document.getElementById(b.dataset.peek);
      input.type = input.type === "password" ? "text" : "password";
      b.setAttribute("aria-pressed", String(input.type === "text"));
    },
    addRow: (b) => addRow(b.closest("[data-rows-of]")),
    modal: (b) => htmx.ajax("GET", b.href, { source: b, target: "#modal", swap: "innerMorph", select: "#confirm" }),
    removeRow, set: fix,
  };
  on("click", (e) => {
    const b = e.target.closest?.("[data-copy],[data-copy-from],[data-download],[data-open],[data-close],[data-dismiss],[data-peek],[data-add-row],[data-remove-row],[data-set],[data-modal]");
    if (b?.dataset.modal !== undefined && (e.ctrlKey || e.metaKey || e.shiftKey)) return;
    if (!b || (b.dataset.close !== undefined && !b.closest("dialog"))) return;
    e.preventDefault();
    e.stopPropagation();
    clicks["download" in b.dataset ? "download" : Object.keys(b.dataset).find((k) => clicks[k])](b);
  }, true);

  on("input", (e) => {
    const pick = e.target.dataset.picks;
    if (pick) {
      const input = document.getElementById(pick);
      input.value = e.target.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    one(`[data-swatch="${e.target.id}"] rect`)?.setAttribute("fill", e.target.value);
  });
  on("change", (e) => {
    const t = e.target;
    if (t.dataset.selectAll !== undefined) all("[data-select]", t.closest("form")).forEach((b) => { b.checked = t.checked; });
    if (t.dataset.select !== undefined || t.dataset.selectAll !== undefined) say(`${countRows(t.form)} selected`);
    if (t.dataset.shortcutsSwitch !== undefined) localStorage.setItem("gatehouse-keys", t.checked ? "on" : "off");
  });
  ["input", "change"].forEach((name) => on(name, (e) => countChanges(e.target.form)));
  on("reset", (e) => setTimeout(() => { delete e.target.dataset.rows; countChanges(e.target); countRows(e.target); }));
  on("submit", (e) => { if (e.target.matches("[data-guard]")) e.target.dataset.sent = "1"; }, true);
  addEventListener("beforeunload", (e) => { if (dirty()) e.preventDefault(); });

  /* Keys */
  const keysOn = () => localStorage.getItem("gatehouse-keys") !== "off";
  const typing = (t) => t.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName) && !/^(checkbox|radio|button|submit|reset)$/.test(t.type);
  const places = { o: "", a: "/applications", e: "/experience", l: "/audit", s: "/settings" };
  let afterG = 0;
  const key = (e) => {
    if (e.key === "/") return one("[data-search]")?.focus() ?? open("palette"), true;
    if (e.key === "?") return open("shortcuts"), true;
    if (e.timeStamp - afterG < 1200 && e.key in places) return one(`.nav a[href="/console${places[e.key]}"]`)?.click(), true;
    afterG = e.key === "g" ? e.timeStamp : 0;
  };
  const step = (e) => {
    const box = e.target.closest(".menu,#palette");
    if (!box || !/^Arrow(Up|Down)$/.test(e.key) || e.target.type === "checkbox") return;
    const items = all(box.id === "palette" ? "input,.hit" : "a,button", box);
    const i = items.indexOf(e.target) + (e.key === "ArrowDown" ? 1 : -1);
    items[(i + items.length) % items.length]?.focus();
    e.preventDefault();
  };
  on("keydown", (e) => {
    step(e);
    const palette = one("#palette");
    if (e.key === "Enter" && e.target.id === "palette-q" && palette.dataset.shown === e.target.value) {
      const hit = one(".hit", palette);
      if (hit) { e.preventDefault(); hit.click(); }
    }
    if (!keysOn() || e.altKey || e.defaultPrevented) return;
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") { e.preventDefault(); open("palette"); }
    if (e.ctrlKey || e.metaKey || typing(e.target) || one("dialog[open]")) return;
    if (key(e)) e.preventDefault();
  });
  on("toggle", (e) => {
    if (e.target.matches?.(".menu") && e.newState === "open" && e.target.matches(":has(:focus-visible), :focus-visible + *")) one("a,button", e.target)?.focus();
  }, true);

  /* Swaps */
  const scrolls = new Map();
  let here = location.pathname, restored = false;
  const focusOn = (el, keep) => {
    if (!el) return;
    if (el.tabIndex < 0 && !el.hasAttribute("tabindex")) el.tabIndex = -1;
    el.focus({ preventScroll: keep });
  };
  on("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement.matches("[data-filter]")) [...ctx.request.body].forEach(([name, value]) => value || ctx.request.body.delete(name));
    if (ctx.sourceElement.matches("[data-filter]") && ctx.sourceEvent?.type === "submit") { ctx.push = "true"; ctx.replace = null; }
    if (ctx.request.headers["HX-History-Restore-Request"]) return;
    if (ctx.target === document.body) scrolls.set(location.href, scrollY);
  });
  on("htmx:before:request", (e) => {
    const { ctx } = e.detail;
    if (ctx.target !== document.body || ctx.sourceElement.matches?.("[data-guard]")) return;
    if (!mayLeave()) e.preventDefault();
  });
  // An answer that is not a page of its own must not become an address to return to.
  on("htmx:before:history:update", (e) => {
    const status = e.detail.response?.status;
    if (status >= 500 || status === 409 || status === 412 || status === 422) e.preventDefault();
  });
  on("htmx:after:settle", ({ target, detail: { task } }) => {
    if (task.type !== "main") return;
    if (target === document.body) {
      const summary = one("[data-summary]");
      if (location.pathname !== here && !restored && !location.hash) scrollTo(0, 0);
      here = location.pathname; restored = false;
      focusOn(summary ?? one("main h1") ?? one("main"), !summary);
      setTimeout(begin);
    } else {
      focusOn(one("[data-summary]", target));
    }
  });
  on("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.request.headers["HX-History-Restore-Request"]) { restored = true; scrollTo(0, scrolls.get(location.href) ?? 0); }
    const modal = one("#modal");
    if (ctx.target === modal) modal.childElementCount ? open("modal", ctx.sourceElement) : location.assign(ctx.request.action);
    const result = one(typeof ctx.target === "string" ? ctx.target : "#" + (ctx.target?.id || "results"));
    if (result?.dataset.say) say(result.dataset.say);
    if (result?.id === "palette-results") one("#palette").dataset.shown = one("#palette-q").value;
    all("form").forEach(countRows);
  });
  const failed = (status, id) => {
    all("[data-sent]").forEach((f) => delete f.dataset.sent);
    toast((status ? `The server could not answer (${status}).` : "The server cannot be reached.") + " What you typed is still here; try again." + (id ? ` Request ${id}` : ""), "bad");
  };
  on("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.status >= 500) failed(ctx.response.status, ctx.response.headers.get("X-Request-Id"));
  });
  on("htmx:error", ({ detail: { ctx } }) => { if (ctx && !ctx.response) failed(); });

  /* Time */
  const span = (s) => s < 60 ? `${Math.floor(s)} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} days`;
  const ago = () => all("time[data-ago]").forEach((t) => {
    const s = (Date.now() - Date.parse(t.dateTime)) / 1000;
    if (Math.abs(s) < 2592000) t.textContent = s < -1 ? "in " + span(-s) : s < 5 ? "now" : span(s) + " ago";
  });

  // A toast leaves after a while, one with an act later, none under the pointer or the focus.
  const tick = () => all("[data-toast]").forEach((t) => {
    if (t.matches(":hover,:focus-within,.bad,.stay")) return;
    t.dataset.age = Number(t.dataset.age || 0) + 1;
    if (t.dataset.age > (one("form", t) ? 14 : 7)) t.remove();
  });

  let session;
  const watchSession = () => {
    clearTimeout(session);
    const s = one("#session");
    const left = s ? Date.parse(s.dataset.ends) - Date.now() - 120000 : NaN;
    if (!(left < 2 ** 31)) return;
    session = setTimeout(() => {
      const stay = make("button", "btn sm", s.dataset.stay);
      stay.type = "button";
      const box = toast(s.dataset.warning, "warn stay", stay);
      say(s.dataset.warning, true);
      stay.onclick = () => fetch(location.href, { method: "HEAD" }).then(() => {
        s.dataset.ends = new Date(Date.now() + Math.max(left, 600000) + 120000).toISOString();
        box.remove();
        watchSession();
      });
    }, Math.max(left, 0));
  };

  // begin looks at a page that has just come.
  const begin = () => {
    all("form").forEach((f) => { countRows(f); countChanges(f); });
    all("[data-shortcuts-switch]").forEach((b) => { b.checked = keysOn(); });
    ago();
    watchSession();
  };
  setInterval(tick, 1000);
  setInterval(ago, 20000);
  begin();
  focusOn(one("[data-summary]"));
})();
