// Runs once, when the reading pane is in the page. Given: TEXTS (words by language), `element`
// (the reading pane) and `server.read(path)` (the document of a link, as HTML).
//
// The address says what is shown: «#read/…» a document, «#panel» the paragraphs where the screen
// has room for one view only, nothing the conversation. So the browser's own Back always works.

const root = document.documentElement;
const shown = document.getElementById("shown");
const READ = "#read/";
let opener = null; // the link to return the focus to
let inside = 0; // steps taken inside the page, which Back can undo

// --- language -------------------------------------------------------------------------------

function stored() {
  try { return localStorage.getItem("alinea-language"); } catch { return null; }
}

function preferred() {
  const known = [stored(), ...navigator.languages].map((tag) => (tag || "").slice(0, 2));
  return known.find((language) => language in TEXTS) || "en";
}

function speak(language) {
  root.lang = language;
  root.dataset.language = language;
  const words = TEXTS[language];
  for (const button of document.querySelectorAll("#top [data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  const label = (selector, name) => document.querySelector(selector)?.setAttribute("aria-label", name);
  label("#top .views", words.views);
  label("#top .languages", words.language);
  label("#messages [role=log]", words.conversation);
  label("#question textarea", words.question);
  label("#question .submit-button", words.send);
  label("#question .stop-button", words.stop);
  label("#panel", words.paragraphs);
  const box = document.querySelector("#question textarea");
  if (box) box.placeholder = words.ask;
  document.getElementById("panel").setAttribute("role", "region");
}

// On a touch screen the focus would bring up the keyboard over the page.
function focusQuestion() {
  if (matchMedia("(hover: hover)").matches) document.querySelector("#question textarea").focus();
}

// Gradio mounts its components in no fixed order: say it again until the last one is there.
function speakWhenMounted() {
  speak(preferred());
  const mounted = document.querySelector("#question textarea") && document.querySelector("#messages [role=log]");
  if (!mounted) requestAnimationFrame(speakWhenMounted);
  else if (!location.hash) focusQuestion();
}

// --- what is shown --------------------------------------------------------------------------

async function show() {
  const hash = location.hash;
  const reading = hash.startsWith(READ);
  const wasReading = root.dataset.reading === "yes";
  root.dataset.view = reading || hash === "#panel" ? "panel" : "chat";
  root.dataset.reading = reading ? "yes" : "no";
  for (const link of document.querySelectorAll("#top .views a"))
    link.setAttribute("aria-current", String(link.dataset.view === root.dataset.view));
  if (!reading) {
    element.replaceChildren();
    if (wasReading && opener?.isConnected) opener.focus();
    return;
  }
  // Gradio gives back what went wrong instead of throwing it.
  const answered = await server.read(hash.slice(READ.length));
  const html = typeof answered === "string" ? answered :
    `<article class="reading"><nav class="bar"><button type="button" class="back">` +
    `${TEXTS[root.lang].back}</button></nav><p class="rest">${TEXTS[root.lang].unreachable}</p></article>`;
  if (location.hash !== hash) return; // something else was opened meanwhile
  element.innerHTML = html;
  const cited = element.querySelector(".cited");
  if (!cited) {
    element.scrollTop = 0;
    element.querySelector(".back").focus();
    return;
  }
  (cited.querySelector("mark") || cited).scrollIntoView({ block: "center" });
  cited.focus({ preventScroll: true });
}

function go(hash) {
  if (hash === location.hash || (hash === "#" && !location.hash)) return show();
  inside += 1;
  // The page has a <base>, so a bare link would drop the query; this keeps it.
  history.pushState(null, "", location.pathname + location.search + (hash === "#" ? "" : hash));
  return show();
}

function back() {
  if (inside > 0) history.back();
  else go("#");
}

window.addEventListener("popstate", () => {
  inside = Math.max(0, inside - 1);
  show();
});

// --- clicks ---------------------------------------------------------------------------------

async function copy(button) {
  const answer = button.closest(".answer");
  const lines = [answer.querySelector(".said").innerText.trim()];
  const sources = new Map();
  for (const marker of answer.querySelectorAll(".marker")) sources.set(marker.innerText, marker.title);
  if (sources.size) lines.push([...sources].map(([number, title]) => `${number} ${title}`).join("\n"));
  await navigator.clipboard.writeText(lines.join("\n\n"));
  button.classList.add("done");
  button.textContent = TEXTS[root.lang].copied;
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  const link = target.closest("a[href^='#']");
  if (link) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    opener = link;
    go(link.getAttribute("href"));
    return;
  }
  const language = target.closest("#top [data-language]");
  if (language) {
    try { localStorage.setItem("alinea-language", language.dataset.language); } catch { /* private */ }
    speak(language.dataset.language);
    return;
  }
  if (target.closest("#top .new")) return focusQuestion();
  if (target.closest("#reading .back")) return back();
  const button = target.closest("button.copy");
  if (button) return copy(button);
  // A click anywhere on an excerpt opens it, unless it ends a selection of text.
  const excerpt = target.closest(".excerpt");
  if (excerpt && !String(getSelection())) {
    opener = excerpt.querySelector(".marker") || excerpt.closest(".card").querySelector(".open");
    go(excerpt.dataset.href);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && root.dataset.reading === "yes") back();
});

// --- new paragraphs -------------------------------------------------------------------------

function count() {
  const section = shown.querySelector("section");
  const number = section && !section.classList.contains("collection") ? section.dataset.count : "";
  document.querySelector("#top .views .count").textContent = number;
}

new MutationObserver(() => {
  count();
  shown.scrollTop = 0;
}).observe(shown.querySelector(".html-container"), { childList: true, subtree: true, attributes: true });

// A new question closes the document, for its paragraphs are to be seen; and the conversation is
// read from the last question down, however long its answer.
const conversation = document.getElementById("conversation");
let asked = 0;
let replied = 0;
new MutationObserver(() => {
  // Gradio labels each message with its HTML source, which a screen reader would read out.
  for (const message of conversation.querySelectorAll("[data-testid][aria-label]"))
    message.removeAttribute("aria-label");
  const questions = conversation.querySelectorAll(".asked");
  const replies = conversation.querySelectorAll(".answer, .notice").length;
  if (questions.length === asked && replies === replied) return;
  if (questions.length > asked && root.dataset.reading === "yes") go("#");
  asked = questions.length;
  replied = replies;
  if (asked) questions[asked - 1].scrollIntoView({ block: "start" });
}).observe(conversation, { childList: true, subtree: true });

speakWhenMounted();
count();
show();
