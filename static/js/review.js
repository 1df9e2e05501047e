// One household at a time by single keys. Off until the officer switches it on (WCAG 2.1.4); remembered on this PC.
(function () {
  "use strict";

  const NAME = "review-keys";
  const boxes = () => [...document.querySelectorAll("[data-keys-switch]")];
  const isOn = () => localStorage.getItem(NAME) === "1";
  boxes().forEach((box) => {
    box.checked = isOn();
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("change", () => localStorage.setItem(NAME, box.checked ? "1" : "0"));
  });
  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.defaultPrevented || event.repeat) return;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const place = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!place) return;
    event.preventDefault();
    place.click();
  });
})();
