// The SQL console: completion, the queries before, and Ctrl+Enter.
import { make } from "./elements.js";
import { Recent } from "./recent.js";
import { attach } from "./sql_input.js";

const form = document.getElementById("sql");
const { query } = form.elements;
const recent = new Recent("queries", 12);
const place = form.querySelector(".t-recent");

attach(query, query.parentElement, () => JSON.parse(document.getElementById("sql-tables").textContent));
if ("ran" in form.dataset) {
    recent.add(query.value);
}
place.hidden = !recent.all().length;
place.querySelector("ul").append(...recent.all().map((text) => make("li", {}, make("button", {
    type: "button", className: "code", title: text,
    onclick: () => {
        query.value = text;
        query.focus();
    },
}, text))));
place.querySelector(".ed-link").addEventListener("click", () => {
    recent.forget();
    place.hidden = true;
});
query.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        form.requestSubmit();
    }
});
