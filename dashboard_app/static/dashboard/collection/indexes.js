// Adds a CREATE INDEX line made of chosen fields; the text is what counts.
import { freshId, make } from "../elements.js";

/** Put the builder below ``text``, the form's lines of indexes. */
export function buildIndexes(text, context, nameOf) {
    const place = make("div", { className: "ed-card", hidden: true, id: freshId("index") });
    const said = make("p", { className: "ed-quiet", role: "status" });
    const open = make("button", {
        type: "button", className: "ed-link", "aria-expanded": "false", "aria-controls": place.id,
        onclick: () => {
            place.hidden = !place.hidden;
            open.setAttribute("aria-expanded", String(!place.hidden));
            if (!place.hidden) {
                draw();
            }
        },
    }, "Add an index");

    function draw() {
        const chosen = [];
        const shown = make("p", { className: "code" }, "");
        const unique = box("No two records may have the same");
        const tell = () => {
            shown.textContent = chosen.length
                ? line(nameOf(), chosen, unique.input.checked) : "Tick fields in the order they are searched by.";
        };
        unique.input.onchange = tell;
        const fields = context.ownFields().map((field) => {
            const item = box(field.name);
            item.input.onchange = () => {
                const at = chosen.indexOf(field.name);
                if (at < 0) {
                    chosen.push(field.name);
                } else {
                    chosen.splice(at, 1);
                }
                tell();
            };
            return item.label;
        });
        const add = make("button", {
            type: "button", className: "ed-button",
            onclick: () => {
                if (!chosen.length) {
                    return;
                }
                const before = text.value.trimEnd();
                text.value = `${before}${before ? "\n" : ""}${shown.textContent}`;
                text.dispatchEvent(new Event("input", { bubbles: true }));
                said.textContent = "The index is made when you save.";
                open.click();
                open.focus();
            },
        }, "Add");
        place.replaceChildren(
            make("div", { className: "ed-choose" }, ...fields), unique.label, shown, add,
        );
        tell();
    }

    text.after(open, place, said);
}

function box(words) {
    const input = make("input", { type: "checkbox", className: "ed-check" });
    return { input, label: make("label", { className: "ed-inline" }, input, words) };
}

function line(collection, fields, isUnique) {
    const name = `idx_${collection}_${fields.join("_")}`.replace(/\W/g, "_").slice(0, 60);
    const columns = fields.map((field) => `\`${field}\``).join(", ");
    return `CREATE ${isUnique ? "UNIQUE " : ""}INDEX \`${name}\` ON \`${collection}\` (${columns})`;
}
