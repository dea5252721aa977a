// Before a collection is saved: a list of what will change, to be confirmed.
import { make } from "../elements.js";

/** Ask ``url`` what the form would change, and send the form when that is confirmed. */
export function confirmChanges(form, url) {
    let isConfirmed = false;
    form.addEventListener("submit", async (event) => {
        if (isConfirmed) {
            return;
        }
        event.preventDefault();
        event.stopImmediatePropagation();
        const send = () => {
            isConfirmed = true;
            form.requestSubmit(event.submitter);
        };
        const answer = await ask(form, url);
        if (answer.errors || !answer.changes.length) {
            send();
        } else {
            show(answer.changes, send);
        }
    }, true);
}

async function ask(form, url) {
    try {
        const response = await fetch(url, { method: "POST", body: new FormData(form) });
        return response.ok ? await response.json() : { errors: true };
    } catch {
        return { errors: true }; // the form itself will say what is wrong
    }
}

function show(changes, send) {
    const dialog = make("dialog", { className: "ed-dialog", "aria-labelledby": "changes-title" });
    const isLoss = (line) => /drops|lose a value|keep their last/.test(line);
    dialog.append(
        make("h2", { id: "changes-title" }, "Saving will change this"),
        make("ul", {}, ...changes.map((line) => make("li", { className: isLoss(line) ? "ed-loss" : "" }, line))),
        make(
            "div", { className: "ed-buttons" },
            make("button", { type: "button", className: "ed-button", onclick: () => dialog.close() }, "Back"),
            make("button", {
                type: "button", className: "ed-button ed-primary", id: "confirm-changes",
                onclick: () => {
                    dialog.close();
                    send();
                },
            }, "Save"),
        ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
}
