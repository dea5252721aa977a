// A small button beside each id of a list, which copies it (copy.js).
import { icon, make } from "../elements.js";

for (const link of document.querySelectorAll("#result_list .field-show_id a")) {
    const id = link.textContent.trim();
    link.after(make("button", {
        type: "button", className: "t-copy-id", title: "Copy", tabIndex: -1,
        "aria-label": `Copy ${id}`, "data-copy": id,
    }, icon("content_copy")));
}
