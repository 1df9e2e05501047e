// Sending a list: dropped or chosen, it is sent at once, with a bar, a way to stop it and a way to send it again.
// Without this the form is sent by its button like any other.
(function () {
  "use strict";

  const LIMIT = 10 * 1024 * 1024;
  const NOTHING_SENT = 20000; // ms without a byte going out: the network stands still, however long the whole may take
  const NO_ANSWER = 60000; // ms after the last byte
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const error = form.querySelector("[data-upload-error]");
  const box = form.querySelector("[data-upload-progress]");
  const failed = form.querySelector("[data-upload-failed]");
  const bar = box.querySelector("progress");
  let request = null;
  let latest = null;
  let patience = 0;

  form.querySelectorAll("[data-scripted]").forEach((element) => { element.hidden = false; });

  function refusal(file) {
    const endings = input.accept.split(",");
    if (!endings.some((ending) => file.name.toLowerCase().endsWith(ending))) return form.dataset.wrongType;
    if (file.size > LIMIT) return form.dataset.tooBig;
    return file.size === 0 ? form.dataset.empty : "";
  }
  function take(file) {
    error.textContent = refusal(file);
    error.hidden = !error.textContent;
    failed.hidden = true;
    if (error.hidden) send(file);
    else input.focus();
  }
  const kilobytes = (bytes) => Math.ceil(bytes / 1024).toLocaleString("vi");

  function send(file) {
    if (request) request.abort();
    latest = file;
    const data = new FormData(form);
    data.set(input.name, file);
    request = new XMLHttpRequest();
    busy(true, file);
    wait(NOTHING_SENT);
    request.upload.addEventListener("load", () => wait(NO_ANSWER));
    request.upload.addEventListener("progress", (event) => {
      wait(event.loaded < event.total ? NOTHING_SENT : NO_ANSWER);
      if (!event.lengthComputable) return;
      bar.value = Math.round((event.loaded / event.total) * 100);
      box.querySelector("[data-upload-share]").textContent =
        `${bar.value}% · ${kilobytes(event.loaded)}/${kilobytes(event.total)} KB`;
    });
    request.addEventListener("load", answered);
    request.addEventListener("error", broken);
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.send(data);
  }
  // A list that stands still is given up here, not by whoever waits before the page; the same bytes are stored once.
  function wait(time) {
    clearTimeout(patience);
    patience = setTimeout(() => {
      request.abort();
      broken();
    }, time);
  }
  function answered(event) {
    clearTimeout(patience);
    const address = event.target.getResponseHeader("HX-Redirect");
    if (address) location.assign(address);
    else if (event.target.status >= 500) broken();
    else form.submit(); // the answer is a page with a sentence: let the browser show it
  }
  function broken() {
    clearTimeout(patience);
    busy(false);
    failed.hidden = false;
    failed.querySelector("button").focus();
  }
  function busy(isBusy, file) {
    box.hidden = !isBusy;
    bar.value = 0;
    box.querySelector("[data-upload-name]").textContent = file ? file.name : "";
    box.querySelector("[data-upload-share]").textContent = "";
    form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = isBusy; });
  }

  input.addEventListener("change", () => { if (input.files[0]) take(input.files[0]); });
  // On a slow line the file may be chosen before this script has come. Going back is not choosing: browsers put it back.
  const [visit] = performance.getEntriesByType("navigation");
  if (input.files[0] && visit?.type === "navigate") take(input.files[0]);
  form.querySelector("[data-upload-cancel]").addEventListener("click", () => {
    if (request) request.abort();
    clearTimeout(patience);
    request = null;
    busy(false);
    input.value = "";
    input.focus();
  });
  failed.querySelector("button").addEventListener("click", () => {
    failed.hidden = true;
    send(latest);
  });
  addEventListener("online", () => { if (!failed.hidden) failed.querySelector("button").click(); });

  // ---- A file dropped anywhere on the page is meant for the list; elsewhere the browser would open it.
  const hasFile = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("dropping"); });
  document.addEventListener("drop", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    form.classList.remove("dropping");
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
})();
