// A form with changes has a button that takes them back. The theme asks before such a page is left,
// but hears only what is typed: a relation that is chosen counts here too.
document.addEventListener("DOMContentLoaded", () => {
    "use strict";
    const form = document.querySelector("form.warn-unsaved-form");
    const save = document.querySelector("[name=_save]") || form?.querySelector(".t-submit button");
    if (!form || !save) {
        return;
    }
    const revert = document.createElement("button");
    revert.type = "button";
    revert.className = "ed-button t-revert";
    revert.textContent = "Revert";
    revert.title = "Take back what is not saved";
    revert.hidden = true;
    // read anew, also where the page shows what was refused; the browser asks whether to leave
    revert.addEventListener("click", () => location.replace(location.pathname + location.search));
    if (save.name) {
        save.after(revert); // the theme's row runs from right to left
    } else {
        save.before(revert);
    }
    // where the settings lock forms, nothing is sent before it is unlocked
    const locked = document.getElementById("locked");
    if (locked) {
        const buttons = [...document.querySelectorAll("[name=_save], [name=_continue], [name=_addanother]")];
        const lock = (is) => buttons.forEach((button) => { button.disabled = is; });
        lock(true);
        locked.querySelector("button").addEventListener("click", () => {
            lock(false);
            locked.remove();
            save.focus();
        });
    }
    // Ctrl+S saves and stays here, as in every editor
    addEventListener("keydown", (event) => {
        if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
            event.preventDefault();
            (document.querySelector("[name=_continue]") || save).click();
        }
    });
    form.addEventListener("input", () => {
        revert.hidden = false;
    });
    globalThis.django?.jQuery(form).on("change", "select", (event) => {
        event.target.dispatchEvent(new Event("input", { bubbles: true }));
    });
});
