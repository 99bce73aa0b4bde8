// The list of orders: how many are chosen, and news that wait until somebody wants to see them.

const place = () => location.pathname + location.search;

function countChosen() {
  const shown = document.getElementById("chosen");
  if (!shown) return;
  const chosen = document.querySelectorAll(".many input[name=order]:checked").length;
  shown.textContent = chosen ? `${chosen} chosen` : "";
}
document.addEventListener("change", () => setTimeout(countChosen));

// News: the list is asked for again beside the page, and what would look different is told there,
// so that no row moves under a finger. At most once in LOOK_MS, however much happens.
const LOOK_MS = 2000;
const news = document.getElementById("news");
let waiting;

const rowsOf = (page) => new Map([...page.querySelectorAll("table.orders tbody tr")].map((row) => [
  row.querySelector("a.row").textContent, row.textContent.replace(/\s+/g, " "),
]));
function tellNews(many) {
  news.hidden = !many;
  if (many) news.firstElementChild.textContent = `${many} ${many === 1 ? "order" : "orders"} changed: show`;
}
async function look() {
  waiting = undefined;
  const asked = place();
  const answer = await fetch(asked, { headers: { "HX-Request": "true" } }).catch(() => undefined);
  if (answer?.status !== 200 || asked !== place()) return;
  const now = rowsOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
  const before = rowsOf(document);
  const changed = [...now].filter(([number, row]) => before.get(number) !== row).length;
  // A new row pushes another one over the end of the page: together they are one piece of news.
  const gone = [...before.keys()].filter((number) => !now.has(number)).length;
  tellNews(Math.max(changed, gone));
}
document.body.addEventListener("changed", () => { waiting ??= setTimeout(look, LOOK_MS); });
news.addEventListener("click", () => htmx.ajax("GET", place(), { target: "#found", swap: "innerMorph" }));
document.addEventListener("htmx:after:swap", () => { tellNews(0); countChosen(); });
