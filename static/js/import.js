// Conveniences of the import: Enter in a cell saves it and goes to the next broken one; what could not be sent is sent later.
(function () {
  "use strict";

  // ---- Cells. Leaving a changed cell saves it; Enter also goes on to the next cell to mend; Escape puts the text back.
  const cells = () => [...document.querySelectorAll("form[data-cell] [name=gia_tri]")];
  const sent = new WeakMap(); // what each cell was last sent with
  const was = (cell) => cell.dataset.was ?? "";
  let swapping = false;
  let goOn = null; // the cell that Enter left
  let kept = []; // cells of a row that is about to be replaced, with what is typed in them
  const waiting = new Set(); // forms of cells that could not be sent, in the order they were left
  let resendSoon = 0;
  document.documentElement.classList.add("scripted");
  document.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches?.("form[data-cell] [name=gia_tri]") || event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter") {
      event.preventDefault();
      goOn = { id: cell.id, place: cells().indexOf(cell) };
      save(cell);
    }
    if (event.key === "Escape" && "was" in cell.dataset) cell.value = cell.dataset.was;
  });
  // A cell that is taken out of the page with its row reports a change, too: that is nobody leaving it. A choice changes
  // with every arrow key, so it is saved when it is left.
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("form[data-cell] [name=gia_tri]") || swapping) return;
    if (event.target.tagName === "SELECT") event.target.dataset.changed = "1";
    else if (sent.get(event.target) !== event.target.value) save(event.target);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("form[data-cell] select[data-changed]") && !swapping) save(event.target);
  });
  function save(cell) {
    sent.set(cell, cell.value);
    delete cell.dataset.changed;
    cell.form.requestSubmit();
  }
  // A row is replaced as a whole: what is typed in its other cells, or could not be sent yet, goes into the new row.
  document.addEventListener("htmx:beforeSwap", (event) => {
    swapping = event.detail.shouldSwap;
    if (!swapping || !event.detail.target.matches("tr")) return;
    const answered = event.detail.requestConfig?.elt;
    kept = [...event.detail.target.querySelectorAll("[name=gia_tri]")]
      .filter((cell) => !answered?.contains(cell) && (cell === document.activeElement || cell.value !== was(cell)))
      .map((cell) => ({
        id: cell.id, value: cell.value, unsent: waiting.has(cell.form),
        at: cell === document.activeElement ? (cell.selectionStart ?? -1) : null,
      }));
  });
  document.addEventListener("htmx:afterSwap", () => { swapping = false; });
  document.addEventListener("htmx:swapError", () => { swapping = false; });
  document.addEventListener("htmx:afterSettle", () => {
    const isTyping = kept.some((one) => one.at !== null);
    kept.splice(0).forEach(putBack);
    if (!isTyping) next();
  });
  function putBack({ id, value, unsent, at }) {
    const cell = document.getElementById(id);
    if (!cell) return;
    cell.value = value;
    if (unsent) hold(cell.form);
    if (at === null) return;
    cell.focus();
    if (at >= 0) cell.setSelectionRange?.(at, at);
  }
  function next() {
    if (!goOn) return;
    const again = document.getElementById(goOn.id);
    const isBroken = (cell) => cell?.getAttribute("aria-invalid") && !waiting.has(cell.form);
    const behind = cells().slice(goOn.place + (again ? 1 : 0));
    // the next broken cell, from the top again behind the last one; where none is broken, the next cell
    const cell = isBroken(again) ? again : behind.find(isBroken) ?? cells().find(isBroken) ?? behind[0];
    goOn = null;
    if (!cell) return;
    cell.focus();
    cell.select?.();
  }

  // ---- The network is gone: cells keep what was typed, say so, and are sent in their order when it is back.
  function hold(form) {
    waiting.add(form);
    form.classList.add("unsent");
    clearTimeout(resendSoon);
    resendSoon = setTimeout(resend, 5000);
  }
  function resend() {
    for (const form of waiting) {
      if (form.isConnected) {
        form.requestSubmit();
        return; // the next one follows its answer
      }
      waiting.delete(form);
    }
  }
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, (event) => {
    const form = event.detail.elt;
    if (!form.matches?.("form[data-cell]")) return;
    hold(form);
    next();
  }));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!event.detail.successful || !waiting.delete(form)) return;
    form.classList.remove("unsent");
    resend();
  });
  addEventListener("online", resend);

  // ---- Look-alikes: 1, 2, 3 press the buttons of the case that has the focus (WCAG 2.1.4: nowhere else).
  document.addEventListener("keydown", (event) => {
    if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.matches?.("input, select, textarea")) return;
    const button = event.target.closest?.("[data-pair]")?.querySelectorAll("form button")[Number(event.key) - 1];
    if (!button || event.repeat) return;
    event.preventDefault();
    button.form.requestSubmit(button);
  });
  addEventListener("beforeunload", (event) => { if ([...waiting].some((form) => form.isConnected)) event.preventDefault(); });
})();
