// A box that scrolls must be reachable by keyboard: wide tables and long lines of code.
function reach() {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap, pre > code")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}

document$.subscribe(reach);
// What was folded had no width until now.
document.addEventListener("toggle", reach, true);
