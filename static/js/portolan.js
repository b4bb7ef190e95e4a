/* Portolan's own script: what HTML and htmx cannot do by themselves. Pages say what they want with data- attributes;
   everything they lead to also works without this file. Nothing here builds markup from text or evaluates code. */
(() => {
  "use strict";

  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const words = (name) => byId("words")?.dataset[name] ?? "";
  const isTyping = (element) => element?.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  root.classList.add("js");

  /* ── Toasts: at least six seconds, a minute where they offer something, errors until dismissed, never while they are read. ── */

  const SHOWN_FOR = 7000, OFFERED_FOR = 60000;

  function toast(tone, text, reference) {
    const template = byId(`toast-${tone}`) ?? byId("toast-neutral");
    const region = byId("toasts");
    if (!template || !region) return null;
    const same = [...region.children].find((item) => item.dataset.toast === "bad" && tone === "bad" && item.textContent.includes(text));
    same?.remove(); // An error that repeats itself is told once.
    const item = template.content.firstElementChild.cloneNode(true);
    item.querySelector("[data-toast-text]").textContent = text;
    const line = item.querySelector(".reference");
    if (line && reference) line.querySelector("bdi").textContent = reference;
    else line?.remove();
    region.append(item);
    return item;
  }

  function startTimer(item) {
    if (item.dataset.timed) return;
    item.dataset.timed = "yes";
    if (item.dataset.toast === "bad") return item.setAttribute("role", "alert");
    const isHeld = () => item.matches(":hover, :focus-within") || document.hidden;
    const look = () => (isHeld() ? setTimeout(look, 1500) : item.remove());
    setTimeout(look, item.querySelector("form, a, button:not([data-dismiss])") ? OFFERED_FOR : SHOWN_FOR);
  }

  function watchToasts() {
    const region = byId("toasts");
    if (!region) return;
    for (const item of region.children) startTimer(item);
    new MutationObserver((changes) => {
      for (const change of changes) for (const item of change.addedNodes) if (item.dataset?.toast) startTimer(item);
    }).observe(region, { childList: true });
  }

  /* A modal dialog makes the rest of the page inert, so the toasts move into it while it is open. */
  function placeToasts() {
    const region = byId("toasts");
    const host = document.querySelector("dialog[open]:modal") ?? document.body;
    if (region && region.parentElement !== host) host.append(region);
  }

  /* ── The drawer: a page of its own, shown over the list. ──────────────────────────────────────────────────────── */

  const drawer = () => byId("drawer");
  let under = location.href; // The address of the page below the drawer.
  let opener = null;
  let wanted = null; // The address of the record asked for last; the answer about another one comes too late.
  let stepped = 0; // A step taken by its button, which then keeps the focus.
  let isTurning = false;

  function showDrawer(url, { push }) {
    const dialog = drawer();
    const state = { portolan: "drawer", under };
    if (!dialog.open) {
      dialog.showModal();
      placeToasts();
      if (push) history.pushState(state, "", url);
    } else if (push) {
      history.replaceState(state, "", url);
    }
    wanted = url;
    markOpened(url);
    for (const button of dialog.querySelectorAll("[data-walk]")) {
      button.hidden = placeInList() < 0;
      button.disabled = !neighbour(Number(button.dataset.walk));
    }
    const again = stepped && dialog.querySelector(`[data-walk="${stepped}"]:enabled`);
    (again || byId("drawer-title"))?.focus({ preventScroll: true });
    stepped = 0;
    dialog.querySelector(".drawer-body")?.scrollTo(0, 0);
  }

  /* Previous and next walk the list below in its order, and into its neighbouring pages. */
  const recordLinks = () => [...document.querySelectorAll("#main table[data-list] tbody a[data-drawer]")];
  const pathOf = (url) => new URL(url, location.href).pathname;
  const placeInList = () => recordLinks().findIndex((link) => wanted && link.pathname === pathOf(wanted));
  const pageBeside = (by) => document.querySelector(`#main .pager a[rel=${by > 0 ? "next" : "prev"}][href]`);
  const neighbour = (by) => (placeInList() < 0 ? null : recordLinks()[placeInList() + by] ?? pageBeside(by));

  async function walk(by) {
    const to = neighbour(by);
    if (!to || isTurning || !mayLeave(drawer())) return;
    if (to.matches("[data-drawer]")) return to.click();
    isTurning = true;
    const before = byId("main");
    await htmx.ajax("GET", to.href, { target: "#main", select: "#main", swap: "outerHTML" }).catch(() => {});
    isTurning = false;
    if (byId("main") === before || !drawer().open) return; // It could not be fetched, or nobody waits for it.
    const shown = location.href;
    under = to.href;
    history.replaceState({ htmx: true }, "", under);
    history.pushState({ portolan: "drawer", under }, "", shown);
    recordLinks().at(by > 0 ? 0 : -1)?.click();
  }

  function markOpened(url) {
    const path = url && pathOf(url);
    for (const row of document.querySelectorAll("tr.is-open")) row.classList.remove("is-open");
    if (!path) return;
    for (const link of document.querySelectorAll("a[data-drawer]")) {
      if (link.pathname !== path) continue;
      link.closest("tr")?.classList.add("is-open");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  function mayLeave(part) {
    if (!part?.querySelector("form[data-dirty]")) return true;
    if (!confirm(words("unsaved"))) return false;
    for (const form of part.querySelectorAll("form[data-dirty]")) delete form.dataset.dirty;
    return true;
  }

  function hideDrawer() {
    const dialog = drawer();
    if (!dialog?.open || !mayLeave(dialog)) return;
    const isOurs = history.state?.portolan === "drawer";
    dialog.close();
    if (isOurs) history.back();
  }

  function afterDrawerClosed() {
    byId("drawer-content").replaceChildren();
    markOpened(null);
    wanted = null;
    placeToasts();
    const again = opener?.isConnected ? opener : opener && document.querySelector(`a[href="${CSS.escape(opener.getAttribute("href"))}"]`);
    (again ?? byId("main"))?.focus({ preventScroll: true });
    opener = null;
  }

  function loadDrawer(url, asked) {
    htmx.ajax("GET", url, { target: "#drawer-content", swap: "innerHTML", ...asked });
  }

  /* A link with data-drawer; with Ctrl and its like it opens as browsers open links. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-drawer]");
    if (!link || !drawer() || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    loadDrawer(link.getAttribute("href"), { source: link, event });
  });

  /* Back and forward: between the list and its drawer nothing is loaded again; elsewhere the page is. */
  window.addEventListener("popstate", (event) => {
    const state = event.state;
    if (!mayLeave(document)) {
      event.stopImmediatePropagation();
      const isOver = drawer()?.open;
      return history.pushState(isOver ? { portolan: "drawer", under } : { htmx: true }, "", isOver ? wanted : under);
    }
    if (state?.portolan === "drawer") {
      event.stopImmediatePropagation();
      if (state.under === under && drawer()) loadDrawer(location.href);
      else location.reload();
    } else if (location.href === under) {
      event.stopImmediatePropagation();
      if (drawer()?.open) drawer().close();
    } else if (!state?.htmx) {
      location.reload();
    }
  });

  for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
    document.addEventListener(name, () => {
      if (drawer()?.open && name === "htmx:historyRestore") drawer().close();
      under = location.href;
    });
  }

  /* ── htmx: what is loading, what failed, what must not be lost. ───────────────────────────────────────────────── */

  /* Polling and loading by itself say nothing. */
  const isQuiet = (config) => !config?.triggeringEvent || config.elt?.matches?.("[data-fresh], [data-live]");

  let followed = null; // The link that changed the list, to give focus back to its successor.

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target, requestConfig } = event.detail;
    if (document.hidden && elt.hasAttribute("data-live")) return event.preventDefault(); // Nobody looks.
    const isRecord = target?.id === "drawer-content" && requestConfig.verb === "get";
    if (isRecord && !requestConfig.triggeringEvent) wanted = event.detail.pathInfo.requestPath;
    if (isQuiet(requestConfig)) return;
    if (elt.closest?.("[data-drawer]")) opener = drawer()?.contains(elt) ? opener : elt;
    if (target && !elt.closest?.("form[data-dirty]") && !mayLeave(target)) return event.preventDefault();
    if (isRecord) wanted = event.detail.pathInfo.requestPath;
    if (target !== document.body) target?.setAttribute("aria-busy", "true");
    followed = target?.id === "main" ? elt.getAttribute("href") : null;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { target, requestConfig, successful, pathInfo } = event.detail;
    target?.removeAttribute("aria-busy");
    if (successful && target?.id === "drawer-content" && !isLate(event.detail)) {
      showDrawer(pathInfo.finalRequestPath, { push: Boolean(requestConfig.elt.closest?.("[data-drawer]")) });
    }
  });

  /* An error answer never replaces what was there: its sentence becomes a toast. A form that came back (422) or two
     values in conflict (409) carry no data-error and are swapped like any other answer. */
  function errorIn(xhr) {
    const isHtml = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
    const answer = isHtml ? new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("[data-error]") : null;
    return {
      isError: answer !== null,
      text: answer?.querySelector("[data-error-text]")?.textContent.trim() || words("failed"),
      reference: answer?.dataset.requestId || xhr.getResponseHeader("X-Request-Id") || "",
    };
  }

  /* A sensitive act wants a proof first (X-Prove): the question opens over the page, and what was asked for is done after it. */
  let unproved = null;

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const address = event.detail.xhr.getResponseHeader("X-Prove");
    if (!address) return;
    event.preventDefault();
    const { elt, requestConfig } = event.detail;
    unproved = { elt, submitter: requestConfig.triggeringEvent?.submitter ?? null };
    if (elt.matches("form[data-guard]")) elt.dataset.dirty = "yes";
    htmx.ajax("GET", address, { target: "#prove-content", swap: "outerHTML" }).then(() => {
      byId("prove").showModal();
      placeToasts();
    });
  });
  document.addEventListener("proved", () => {
    byId("prove").close();
    byId("prove-content").replaceChildren();
    placeToasts();
    const { elt, submitter } = unproved ?? {};
    unproved = null;
    if (!elt?.isConnected) return location.reload();
    if (elt.matches("form")) elt.requestSubmit(submitter?.isConnected ? submitter : null);
    else elt.click();
  });

  /* ── Passkeys: the form's question goes to the browser, the browser's answer into the form. ─────────────────────────── */

  const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const textOf = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  async function askForPasskey(form) {
    if (!window.PublicKeyCredential || !navigator.credentials) throw new Error(form.dataset.none);
    const asked = await fetch(form.dataset.question, { method: "POST" });
    if (!asked.ok) throw new Error(form.dataset.failed);
    const publicKey = await asked.json();
    publicKey.challenge = bytesOf(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = bytesOf(publicKey.user.id);
    for (const known of [...(publicKey.allowCredentials ?? []), ...(publicKey.excludeCredentials ?? [])]) known.id = bytesOf(known.id);
    const made = await navigator.credentials[form.dataset.passkey]({ publicKey });
    const { id, type, response } = made;
    const answer = { clientDataJSON: textOf(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) answer[name] = textOf(response[name]);
    }
    return JSON.stringify({ id, type, rawId: textOf(made.rawId), response: answer, clientExtensionResults: {} });
  }

  /* Before htmx sees the form: it goes on when the answer is in it. */
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const field = form.dataset.passkey && form.elements.passkey;
      if (!field || field.value) return;
      event.preventDefault();
      event.stopPropagation();
      const problem = form.querySelector("[data-passkey-error]");
      problem.hidden = true;
      askForPasskey(form).then(
        (answer) => {
          field.value = answer;
          form.requestSubmit();
        },
        (error) => {
          problem.textContent = error instanceof DOMException || !error.message ? form.dataset.failed : error.message;
          problem.hidden = false;
        },
      );
    },
    true,
  );

  const isLate = ({ target, requestConfig, pathInfo }) =>
    target.id === "drawer-content" && requestConfig.verb === "get" && wanted !== null && pathInfo.requestPath !== wanted;

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (isLate(event.detail)) event.detail.shouldSwap = false;
    if (xhr.status < 400) return;
    const { isError, text, reference } = errorIn(xhr);
    if (!isError && event.detail.shouldSwap) return;
    event.detail.shouldSwap = false;
    event.detail.isError = true;
    toast("bad", text, xhr.status >= 500 ? reference : "");
  });
  for (const [name, sentence] of [["htmx:sendError", "unreachable"], ["htmx:timeout", "slow"]]) {
    document.addEventListener(name, (event) => {
      if (event.detail.elt?.matches?.("form[data-guard]")) event.detail.elt.dataset.dirty = "yes";
      if (!isQuiet(event.detail.requestConfig)) toast("bad", words(sentence));
    });
  }
  document.addEventListener("htmx:historyCacheMissLoadError", () => location.reload());

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "palette-results") choose(1);
    if (event.detail.target?.id === "main") {
      const main = byId("main");
      main.scrollTo(0, 0);
      const again = followed && main.querySelector(`a[href="${CSS.escape(followed)}"]`);
      if (document.activeElement === document.body) (again || main).focus({ preventScroll: true });
      followed = null;
    }
    const part = event.target.isConnected ? event.target : document;
    const first = part.matches?.("[data-focus]") ? part : part.querySelector?.("[data-focus]");
    first?.focus();
    if (first?.matches("form:is([data-inline], [data-enters]) input")) first.select(); // What is typed takes the place of what was there.
    prepare(part);
  });

  /* A server answer may close the drawer with `HX-Trigger: drawer:close`. */
  document.addEventListener("drawer:close", hideDrawer);

  /* ── Forms: unsaved changes, counters, passwords shown. ───────────────────────────────────────────────────────── */

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.hasAttribute("data-guard")) form.dataset.dirty = "yes";
    if (event.target.dataset.count) count(event.target);
  });
  document.addEventListener("submit", (event) => {
    delete event.target.dataset.dirty;
    if (event.target.hasAttribute("data-theme-form")) setTheme(event);
  });
  document.addEventListener("reset", (event) => {
    delete event.target.dataset.dirty;
    setTimeout(tally);
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]")) event.preventDefault();
  });

  function count(input) {
    const output = byId(input.dataset.count);
    if (!output) return;
    const most = Number(input.dataset.most);
    const has = "countBytes" in input.dataset ? new TextEncoder().encode(input.value).length : [...input.value].length;
    output.textContent = `\u2066${has} / ${most}\u2069 ${output.dataset.left}`; // Isolated, for right-to-left text.
    output.classList.toggle("is-over", has > most);
  }

  /* The theme changes at once; the server is told so that it stays. */
  function setTheme(event) {
    const { value } = event.submitter ?? {};
    if (!value) return;
    event.preventDefault();
    root.dataset.theme = value;
    const meta = document.querySelector("meta[name=color-scheme]");
    if (meta) meta.content = value === "system" ? "light dark" : value;
    for (const button of event.target.querySelectorAll("button[name=theme]")) {
      button.setAttribute("aria-pressed", String(button.value === value));
    }
    fetch(event.target.action, { method: "POST", body: new URLSearchParams({ theme: value }), redirect: "manual" }).catch(() =>
      toast("bad", words("unreachable")),
    );
  }

  /* ── Lists: selecting rows. ───────────────────────────────────────────────────────────────────────────────────── */

  let lastChecked = null;

  function tally() {
    for (const table of document.querySelectorAll(".table-selects")) {
      const boxes = [...table.querySelectorAll(".row-check")];
      const checked = boxes.filter((box) => box.checked);
      const all = table.querySelector("[data-check-all]");
      if (all) {
        all.checked = boxes.length > 0 && checked.length === boxes.length;
        all.indeterminate = checked.length > 0 && !all.checked;
      }
      const output = boxes[0]?.form?.querySelector("[data-bulk-count]");
      if (output) output.textContent = String(checked.length);
    }
  }

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-check-all]")) {
      for (const row of box.closest("table").querySelectorAll(".row-check")) row.checked = box.checked;
    }
    if (box.matches("[data-check-all], .row-check")) tally();
  });

  /* Shift selects everything between two ticks. */
  function tickRange(box, event) {
    const boxes = [...box.closest("table").querySelectorAll(".row-check")];
    if (event.shiftKey && lastChecked?.isConnected) {
      const [from, to] = [boxes.indexOf(lastChecked), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
    }
    lastChecked = box;
    tally();
  }

  /* The edge of a heading is dragged: from then on every column is as wide as it is now. Without a pointer the chooser of
     columns has the same widths, and this writes there and sends its form. */
  const fit = (pixels) => Math.min(800, Math.max(48, Math.round(pixels / 8) * 8));

  function holdEdge(event) {
    const grip = event.target.closest?.("[data-grip]");
    const chooser = grip && byId("columns");
    if (!chooser || event.button) return;
    event.preventDefault();
    const table = grip.closest("table");
    const heads = [...table.tHead.rows[0].cells];
    const cols = [...table.querySelectorAll("col")];
    const held = heads.indexOf(grip.parentElement);
    const before = heads.map((head) => fit(head.getBoundingClientRect().width));
    const onwards = root.dir === "rtl" ? -1 : 1;
    let width = 0;
    const move = ({ clientX }) => {
      width = fit(before[held] + (clientX - event.clientX) * onwards);
      heads.forEach((head, place) => {
        if (head.querySelector("[data-grip]")) cols[place].width = place === held ? width : before[place];
      });
      table.classList.add("table-sized");
    };
    grip.classList.add("is-held");
    grip.setPointerCapture(event.pointerId);
    grip.addEventListener("pointermove", move);
    const drop = () => {
      grip.removeEventListener("pointermove", move);
      grip.classList.remove("is-held");
      if (width) chooserForm(chooser).then((form) => keepWidths(form, heads, cols));
    };
    grip.addEventListener("lostpointercapture", drop, { once: true });
  }

  /* What the chooser holds is fetched when it is opened first, or now. */
  async function chooserForm(chooser) {
    const url = chooser.getAttribute("hx-get");
    if (!chooser.querySelector("form")) await htmx.ajax("GET", url, { target: chooser, swap: "innerHTML" });
    return chooser.querySelector("form");
  }

  function keepWidths(form, heads, cols) {
    heads.forEach((head, place) => {
      const field = form.elements[`width-${head.querySelector("[data-grip]")?.dataset.grip}`];
      if (field) field.value = cols[place].width;
    });
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" }).catch(() => toast("bad", words("unreachable")));
  }
  document.addEventListener("pointerdown", holdEdge);

  /* ── Clicks. ──────────────────────────────────────────────────────────────────────────────────────────────────── */

  const clicks = {
    "[data-dismiss]": (button) => button.closest(".toast")?.remove(),
    "[data-copy]": (button) => copy(button),
    "[data-close-drawer]": () => hideDrawer(),
    "[data-walk]": (button) => {
      stepped = Number(button.dataset.walk);
      walk(stepped);
    },
    "[data-opens]": (button) => {
      button.closest("[popover]")?.hidePopover();
      byId(button.dataset.opens)?.showModal();
    },
    "[data-print]": () => window.print(),
    "[data-leaves]": (button) => setTimeout(() => button.form.checkValidity() && button.closest("[popover]")?.hidePopover()), // After the form went.
    "[data-reveal]": (button) => {
      const input = byId(button.dataset.reveal);
      const isShown = input.type === "text";
      input.type = isShown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!isShown));
    },
    "[data-fill]": (button) => {
      for (const input of button.dataset.into.split(" ").map(byId)) {
        input.type = "text"; // What was made for the person is seen by the person.
        input.value = button.dataset.fill;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
    },
    ".row-check": (box, event) => tickRange(box, event),
  };

  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(clicks)) {
      const element = event.target.closest?.(selector);
      if (element) return act(element, event);
    }
    if (event.target === drawer()) hideDrawer(); // The dim area beside the drawer.
    if (event.target === byId("palette")) event.target.close();
  });

  async function copy(button) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return toast("warn", words("copyFailed"));
    }
    button.classList.add("is-done");
    setTimeout(() => button.classList.remove("is-done"), 1500);
    toast("ok", `${words("copied")}: ${button.dataset.copied ?? button.dataset.copy}`);
  }

  /* ── The keyboard. ────────────────────────────────────────────────────────────────────────────────────────────── */

  let wentAt = 0;

  function moveInList(step) {
    const rows = [...document.querySelectorAll("table[data-list] tbody tr")];
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.contains(document.activeElement));
    const row = rows[Math.min(rows.length - 1, Math.max(0, now + step))];
    (row.querySelector("a") ?? row.querySelector("input"))?.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function walkByKey(key, event) {
    const onwards = root.dir === "rtl" ? -1 : 1;
    const by = { j: 1, k: -1, ArrowRight: onwards, ArrowLeft: -onwards }[key];
    const isOnTop = !document.querySelector("dialog[open]:not(#drawer)") && !document.querySelector("#drawer :popover-open");
    if (!by || !drawer()?.open || !isOnTop || (key.length > 1 && event.target.closest("[tabindex='0']"))) return;
    event.preventDefault();
    walk(by);
  }

  const keys = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => byId("shortcuts")?.showModal(),
    j: () => moveInList(1),
    k: () => moveInList(-1),
    x: () => document.activeElement?.closest("tr")?.querySelector(".row-check")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return openPalette();
    }
    const inline = event.key === "Escape" && document.activeElement?.closest("form[data-inline]");
    if (inline) {
      event.preventDefault(); // The drawer around it stays.
      return inline.querySelector("[data-cancel]")?.click();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (document.querySelector("dialog[open]")) return walkByKey(key, event);
    if (wentAt && Date.now() - wentAt < 1200) {
      wentAt = 0;
      return document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
    }
    wentAt = key === "g" ? Date.now() : 0;
    if (keys[key]) {
      event.preventDefault();
      keys[key]();
    }
  });

  /* ── Search everywhere: the field keeps the focus, the keys move through what was found. ──────────────────────── */

  function openPalette() {
    const dialog = byId("palette");
    if (!dialog) return document.querySelector("[data-search]")?.focus();
    if (dialog.open) return dialog.close();
    dialog.showModal();
    const field = dialog.querySelector("input");
    field.select();
    htmx.trigger(field, "palette");
  }

  function choose(step) {
    const hits = [...byId("palette").querySelectorAll("a[role=option]")];
    const now = hits.findIndex((hit) => hit.matches("[aria-selected=true]"));
    const chosen = hits[(now + step + hits.length) % hits.length];
    for (const hit of hits) hit.setAttribute("aria-selected", String(hit === chosen));
    byId("palette").querySelector("input").setAttribute("aria-activedescendant", chosen?.id ?? "");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("[data-palette]") || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = byId("palette").querySelector("[aria-selected=true]");
    if (step) choose(step);
    else if (event.key === "Enter" && chosen && byId("palette-results").dataset.text === event.target.value.trim()) chosen.click();
    else return; // Enter before the answer is there sends the form.
    event.preventDefault();
  });

  /* Enter in a filled field of a form for scanners goes to the next one; in an empty or the last it sends the form. */
  const typed = "input.input:not([type=file])";
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-enters]");
    if (!form || event.key !== "Enter" || event.isComposing || !event.target.matches(typed)) return;
    const fields = [...form.querySelectorAll(typed)];
    const next = event.target.value.trim() && fields[fields.indexOf(event.target) + 1];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });

  /* ── Offline, and what is new in a list. ─────────────────────────────────────────────────────────────────────────── */

  let looking = 0;

  function goOffline() {
    const bar = byId("offline");
    if (!bar?.hidden) return;
    bar.hidden = false;
    looking = setInterval(lookWhetherBack, 4000);
  }

  async function lookWhetherBack() {
    try {
      await fetch(byId("offline").dataset.ping, { cache: "no-store" });
    } catch {
      return;
    }
    if (!byId("offline").hidden) toast("ok", words("back"));
    byId("offline").hidden = true;
    clearInterval(looking);
  }

  window.addEventListener("offline", goOffline);
  document.addEventListener("htmx:sendError", goOffline);
  window.addEventListener("online", () => byId("offline")?.hidden === false && lookWhetherBack());

  function lookForNews() {
    if (document.hidden || byId("offline")?.hidden === false) return;
    for (const part of document.querySelectorAll("[data-fresh]")) htmx.trigger(part, "look");
  }
  setInterval(lookForNews, 30_000);
  document.addEventListener("visibilitychange", lookForNews);

  /* ── The start. ───────────────────────────────────────────────────────────────────────────────────────────────── */

  function prepare(part) {
    for (const input of part.querySelectorAll?.("[data-count]") ?? []) count(input);
    for (const wrong of part.querySelectorAll?.("form[data-guard] [aria-invalid]") ?? []) wrong.form.dataset.dirty = "yes";
    for (const tab of part.querySelectorAll?.(".tabs [aria-current]") ?? []) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    tally();
  }

  document.addEventListener("DOMContentLoaded", () => {
    watchToasts();
    prepare(document);
    document.querySelector("[data-focus]")?.focus();
    const dialog = drawer();
    dialog?.addEventListener("close", afterDrawerClosed);
    dialog?.addEventListener("cancel", (event) => {
      event.preventDefault();
      hideDrawer();
    });
    for (const other of document.querySelectorAll("dialog:not(#drawer)")) other.addEventListener("close", placeToasts);
  });

  window.portolan = Object.freeze({ toast, closeDrawer: hideDrawer });
})();
