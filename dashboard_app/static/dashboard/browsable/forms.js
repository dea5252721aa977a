/* What REST framework's own templates leave out: names for screen readers, and what a form of fields sends
   of inputs that are empty: no file at all, and an empty list. */
"use strict";
document.documentElement.lang = "en";
for (const input of document.querySelectorAll("[data-fields] [name]:not([type=hidden])")) {
    input.setAttribute("aria-label", input.name);
    if (input.type === "file") {
        input.multiple = input.form.dataset.several.split(" ").includes(input.name);
    }
}
addEventListener(
    "submit",
    (event) => {
        if (!event.target.matches("[data-fields]")) {
            return;
        }
        for (const input of event.target.querySelectorAll("input[type=file]")) {
            input.disabled = !input.files.length;
        }
        for (const select of event.target.querySelectorAll("select[multiple]")) {
            if (!select.selectedOptions.length && event.target.dataset.method) {
                const none = document.createElement("input");
                Object.assign(none, { type: "hidden", name: select.name, value: "" });
                select.after(none);
            }
        }
    },
    true,
);
