"use strict";
// The admin's autocomplete boxes have no name for screen readers: give them their field's label and their value.
function nameBoxes() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const rendered = select.nextElementSibling?.querySelector(".select2-selection__rendered");
    if (!label || !rendered) continue;
    label.id ||= `${select.id}_label`;
    if (select.multiple) {
      select.nextElementSibling.querySelector(".select2-search__field")?.setAttribute("aria-labelledby", label.id);
      continue;
    }
    for (const box of [rendered, rendered.closest("[role=combobox]")]) {
      box?.setAttribute("aria-labelledby", `${label.id} ${rendered.id}`);
    }
  }
}

// jQuery calls in order: after the admin's own, which makes the boxes.
window.addEventListener("load", () => window.django?.jQuery?.(nameBoxes));
