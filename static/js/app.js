// What the pages do beyond plain HTML. Everything here is a convenience: without it every form and link still works.
(function () {
  "use strict";

  const live = document.getElementById("live");
  const banner = document.getElementById("banner");
  const say = (text) => { if (live && text) live.textContent = text; };

  // ---- Search while typing. Vietnamese input methods retype letters (UniKey) or keep composing until the space
  // (telephones), so neither keyup nor compositionend marks the end of a word: wait for a pause instead.
  const searches = new WeakMap();
  function searchSoon(box, pause) {
    const state = searches.get(box);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => {
      const value = box.value.normalize("NFC").trim();
      if (value === state.sent || value.length === 1) return;
      state.sent = value;
      box.dispatchEvent(new CustomEvent("search-ready", { bubbles: true }));
    }, pause);
  }
  document.addEventListener("focusin", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-search]") || searches.has(box)) return;
    searches.set(box, { timer: 0, sent: box.value.normalize("NFC").trim() });
    box.addEventListener("input", (e) => searchSoon(box, e.isComposing ? 700 : 400));
    box.addEventListener("compositionend", () => searchSoon(box, 150));
  });
  // Enter that ends a composition belongs to the input method, not to the form.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopPropagation();
    if (event.key === "Escape" && banner && !banner.hidden) banner.hidden = true;
  }, true);

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-auto-submit]")) event.target.form.requestSubmit();
  });

  // ---- Selecting rows: counter, whole page, shift and click.
  const boxesOf = (form) => [...form.querySelectorAll("tbody input[type=checkbox][data-row]")];
  function countSelected(form) {
    const boxes = boxesOf(form);
    const chosen = boxes.filter((box) => box.checked).length;
    boxes.forEach((box) => box.closest("tr")?.classList.toggle("selected", box.checked));
    form.querySelectorAll("[data-selected-count]").forEach((place) => {
      const base = Number(place.dataset.selectedCount || 0);
      place.textContent = (base + chosen).toLocaleString("vi");
      if (place.tagName !== "OUTPUT") place.hidden = base + chosen === 0;
    });
    const kept = Number(form.querySelector("output[data-selected-count]")?.dataset.selectedCount || 0);
    form.classList.toggle("has-selection", kept + chosen > 0);
    const all = form.querySelector("[data-select-page]");
    if (all) {
      all.hidden = boxes.length === 0;
      all.checked = boxes.length > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    return chosen;
  }
  let lastTicked = null;
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-selection] input[type=checkbox]")) return;
    const form = box.closest("[data-selection]");
    const boxes = boxesOf(form);
    if (box.matches("[data-select-page]")) {
      boxes.forEach((other) => { other.checked = box.checked; });
    } else if (event.shiftKey && lastTicked && boxes.includes(lastTicked)) {
      const [from, to] = [boxes.indexOf(lastTicked), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    }
    if (box.matches("[data-row]")) lastTicked = box;
    say(`${live?.dataset.selected || ""} ${countSelected(form)}`);
  });

  // ---- Forms: warn before leaving unsaved work, send once.
  let dirty = null;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-guard]")) dirty = form;
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form === dirty) dirty = null;
    if (!form.matches("[data-once]") || form.matches("[hx-post]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = true; }));
  });
  addEventListener("beforeunload", (event) => {
    if (dirty?.isConnected) event.preventDefault();
  });
  // A page that comes back from the browser's own memory must be usable again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = false; });
    });
  });

  // ---- Small buttons that need JavaScript stay hidden until it is here.
  async function copy(button) {
    const source = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    say(live?.dataset.copied);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy], [data-print], [data-retry], [data-close]");
    if (!button) return;
    if (button.matches("[data-copy]")) copy(button);
    if (button.matches("[data-print]")) print();
    if (button.matches("[data-close]")) banner.hidden = true;
    if (button.matches("[data-retry]")) retry();
  });
  document.addEventListener("change", (event) => {
    const show = event.target.closest("[data-password-toggle]");
    if (!show) return;
    show.closest("form").querySelectorAll("[autocomplete*=password]").forEach((box) => {
      box.type = event.target.checked ? "text" : "password";
    });
  });

  // ---- After a swap: focus where the action ended, or say what changed.
  function settle(root) {
    root.querySelectorAll("[data-copy], [data-print], [data-password-toggle]").forEach((e) => { e.hidden = false; });
    root.querySelectorAll("[data-selection]").forEach(countSelected);
    const form = root.closest?.("[data-selection]");
    if (form) countSelected(form);
    const focus = root.matches?.("[data-focus]")
      ? root
      : root.querySelector(".error-summary[data-focus]") || root.querySelector("[data-focus]");
    if (focus) {
      focus.focus();
    } else {
      say((root.matches?.("[data-announce]") ? root : root.querySelector("[data-announce]"))?.dataset.announce);
    }
  }
  document.addEventListener("htmx:afterSettle", (event) => settle(event.detail.elt));
  settle(document.body);

  // ---- htmx: slow, failed and refused requests.
  let failed = null;
  let slow = 0;
  function warn(kind, element) {
    if (!banner) return;
    failed = element;
    banner.querySelectorAll("[data-when]").forEach((text) => { text.hidden = text.dataset.when !== kind; });
    banner.querySelector("[data-retry]").hidden = !(element && kind === "network");
    banner.hidden = false;
  }
  function retry() {
    banner.hidden = true;
    if (!failed?.isConnected) return;
    if (failed.tagName === "FORM") failed.requestSubmit();
    else if (failed.matches("a, button")) failed.click();
    else window.htmx?.ajax("GET", failed.getAttribute("hx-get"), { source: failed, target: failed, swap: "outerHTML" });
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    const target = event.detail.target;
    clearTimeout(slow);
    slow = setTimeout(() => {
      target?.setAttribute("aria-busy", "true");
      say(live?.dataset.loading);
    }, 300);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    clearTimeout(slow);
    event.detail.target?.removeAttribute("aria-busy");
    if (event.detail.successful && banner) banner.hidden = true;
    if (event.detail.successful && dirty?.matches(event.detail.elt.dataset.keeps)) dirty = null; // its draft is kept
  });
  // Logged out meanwhile: the answer is the log-in page and no piece of this one. Afterwards it leads back here.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const login = "/dang-nhap/";
    if (location.pathname === login || !event.detail.xhr?.responseURL?.includes(login)) return;
    event.detail.shouldSwap = false;
    dirty = null;
    location.assign(`${login}?next=${encodeURIComponent(location.pathname + location.search)}`);
  });
  ["htmx:sendError", "htmx:timeout"].forEach((name) =>
    document.addEventListener(name, (event) => warn("network", event.detail.elt)));
  document.addEventListener("htmx:responseError", (event) =>
    warn(event.detail.xhr.status >= 500 ? "network" : "refused", event.detail.elt));
  addEventListener("offline", () => warn("network", null));
  addEventListener("online", () => { if (banner) banner.hidden = true; });
})();
