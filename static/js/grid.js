// A table of number boxes used like a spreadsheet: arrow keys and Enter move, copied columns are pasted from the box on.
(function () {
  "use strict";

  const lines = (table) => [...table.querySelectorAll("tbody tr")]
    .map((row) => [...row.querySelectorAll("input[type=text]")])
    .filter((boxes) => boxes.length);
  function placeOf(box) {
    const rows = lines(box.closest("[data-grid]"));
    const y = rows.findIndex((boxes) => boxes.includes(box));
    return { rows, y, x: rows[y].indexOf(box) };
  }
  const inGrid = (box) => box.matches?.("[data-grid] tbody input[type=text]");
  function goTo(box) {
    if (!box) return;
    box.focus();
    box.select();
  }

  document.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!inGrid(box) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const { rows, y, x } = placeOf(box);
    const isWhole = box.selectionStart === 0 && box.selectionEnd === box.value.length;
    const atStart = isWhole || box.selectionEnd === 0;
    const atEnd = isWhole || box.selectionStart === box.value.length;
    const steps = {
      ArrowDown: () => rows[y + 1]?.[x],
      ArrowUp: () => rows[y - 1]?.[x],
      Enter: () => rows[y + (event.shiftKey ? -1 : 1)]?.[x] || box,
      ArrowRight: () => atEnd && rows[y][x + 1],
      ArrowLeft: () => atStart && rows[y][x - 1],
    };
    const next = steps[event.key]?.();
    if (!next) return;
    event.preventDefault();
    goTo(next);
  });

  // One cell is pasted by the browser; several are spread over the boxes to the right and below.
  document.addEventListener("paste", (event) => {
    if (!inGrid(event.target)) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    const { rows, y, x } = placeOf(event.target);
    text.split(/\r?\n/).forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const box = rows[y + down]?.[x + right];
        if (box) box.value = value.trim();
      });
    });
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("focusin", (event) => { if (inGrid(event.target)) event.target.select(); });
})();
