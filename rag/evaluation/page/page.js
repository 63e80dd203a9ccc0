// Shows the questions that the filters leave, and opens these for print. Without this script the
// page shows every question.
const questions = [...document.querySelectorAll("details.question")];
const filters = document.querySelector(".filters");
const wanted = (name) => filters.elements[name].value;

function fits(question) {
  const { language, kind, verdict, faults, searched } = question.dataset;
  const words = wanted("text").toLowerCase().split(/\s+/).filter(Boolean);
  return (!wanted("language") || wanted("language") === language)
    && (!wanted("kind") || wanted("kind") === kind)
    && (!wanted("verdict") || wanted("verdict") === verdict)
    && (!wanted("fault") || faults.split(";").includes(wanted("fault")))
    && words.every((word) => searched.includes(word));
}

function filter() {
  let left = 0;
  for (const question of questions) {
    question.hidden = !fits(question);
    left += question.hidden ? 0 : 1;
  }
  document.getElementById("left").textContent = `${left} of ${questions.length} questions`;
}

filters.hidden = false;
filters.addEventListener("input", filter);
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("reset", () => setTimeout(filter));
document.getElementById("open").addEventListener("click", () => {
  const shown = questions.filter((question) => !question.hidden);
  const open = !shown.every((question) => question.open);
  for (const question of shown) question.open = open;
});

let opened = [];
addEventListener("beforeprint", () => {
  opened = questions.filter((question) => !question.hidden && !question.open);
  for (const question of opened) question.open = true;
});
addEventListener("afterprint", () => {
  for (const question of opened) question.open = false;
});

filter();
