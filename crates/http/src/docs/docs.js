// Shows only what has the words of the filter, and lines of a shell with this server's address.
"use strict";

const filter = document.getElementById("filter");
const articles = [...document.querySelectorAll("main article")];
const texts = articles.map((article) => `${article.id} ${article.textContent}`.toLowerCase());

function apply() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  articles.forEach((article, at) => {
    article.hidden = !words.every((word) => texts[at].includes(word));
  });
  for (const section of document.querySelectorAll("main section")) {
    section.hidden = !section.querySelector(":scope > article:not([hidden])");
  }
  for (const entry of document.querySelectorAll("nav li, nav > a, nav summary")) {
    const target = entry.closest("a") ?? entry.querySelector("a");
    const hidden = document.getElementById(target.hash.slice(1))?.hidden ?? false;
    (entry.tagName === "SUMMARY" ? entry.parentElement : entry).hidden = hidden;
    if (words.length > 0 && entry.tagName === "SUMMARY") entry.parentElement.open = true;
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
