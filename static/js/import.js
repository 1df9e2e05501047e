// Conveniences of the import: the file is sent when it is chosen, with a bar; Enter in a cell saves it and goes to the next.
(function () {
  "use strict";

  // ---- Sending a file. Without this the form is sent by its button like any other.
  const LIMIT = 10 * 1024 * 1024;
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-upload]");
    const file = event.target.files?.[0];
    if (!form || !file) return;
    const error = form.querySelector("[data-upload-error]");
    error.hidden = file.size <= LIMIT;
    error.textContent = file.size > LIMIT ? form.dataset.tooBig : "";
    if (file.size <= LIMIT) send(form, file);
  });
  function send(form, file) {
    const box = form.querySelector("[data-upload-progress]");
    const bar = box.querySelector("progress");
    const request = new XMLHttpRequest();
    box.hidden = false;
    box.querySelector("[data-upload-name]").textContent = file.name;
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.round((event.loaded / event.total) * 100);
      box.querySelector("[data-upload-share]").textContent = `${bar.value}%`;
    });
    request.addEventListener("load", () => {
      const address = request.getResponseHeader("HX-Redirect");
      if (address) location.assign(address);
      else form.submit(); // the answer is a page with a sentence: let the browser show it
    });
    request.addEventListener("error", () => { box.hidden = true; });
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.send(new FormData(form));
    form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  }

  // ---- Cells. Leaving a changed cell saves it; Enter also goes on to the next cell to mend; Escape puts the text back.
  const cells = () => [...document.querySelectorAll("form[data-cell] [name=gia_tri]")];
  const sent = new WeakMap(); // what each cell was last sent with
  let swapping = false;
  let goOn = null; // the cell that Enter left
  let typing = null; // a cell of a row that is about to be replaced while somebody types in it
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
  document.addEventListener("htmx:beforeSwap", (event) => {
    const now = document.activeElement;
    const inside = now?.id && event.detail.target.contains(now) && now.matches("[name=gia_tri]");
    const isAnswered = event.detail.requestConfig?.elt?.contains(now);
    swapping = event.detail.shouldSwap;
    typing = inside && !isAnswered ? { id: now.id, value: now.value, at: now.selectionStart } : null;
  });
  document.addEventListener("htmx:afterSwap", () => { swapping = false; });
  document.addEventListener("htmx:swapError", () => { swapping = false; });
  document.addEventListener("htmx:afterSettle", () => {
    if (typing) {
      const cell = document.getElementById(typing.id);
      if (cell) {
        cell.value = typing.value;
        cell.focus();
        if (typing.at !== null && typing.at !== undefined) cell.setSelectionRange?.(typing.at, typing.at);
      }
      typing = null;
    } else if (goOn) {
      const again = document.getElementById(goOn.id);
      const next = again?.getAttribute("aria-invalid") ? again : cells()[goOn.place + (again ? 1 : 0)];
      goOn = null;
      if (next) {
        next.focus();
        next.select?.();
      }
    }
  });
})();
