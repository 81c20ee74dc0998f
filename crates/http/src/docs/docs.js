// Shows only what has the words of the filter, and lines of a shell with this server's address.
"use strict";

const filter = document.getElementById("filter");
const entries = [...document.querySelectorAll("main article, nav li")];
const texts = entries.map((entry) => `${entry.id} ${entry.textContent}`.toLowerCase());

function apply() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  entries.forEach((entry, at) => {
    entry.hidden = !words.every((word) => texts[at].includes(word));
  });
  for (const group of document.querySelectorAll("main section, nav details")) {
    group.hidden = words.length > 0 && !group.querySelector("article:not([hidden]), li:not([hidden])");
    if (words.length > 0 && group.tagName === "DETAILS") group.open = true;
  }
}

filter.hidden = false;
filter.addEventListener("input", apply);
document.addEventListener("keydown", (event) => {
  const typing = document.activeElement === filter;
  if (event.key === "/" && !typing) {
    event.preventDefault();
    filter.focus();
  } else if (event.key === "Escape" && typing) {
    filter.value = "";
    apply();
    filter.blur();
  }
});

for (const line of document.querySelectorAll("pre.curl")) {
  line.textContent = line.textContent.replaceAll("http://127.0.0.1:7463", location.origin);
}
