// Copying: a button has the text (data-copy), or the address that answers with it (data-copy-from, or
// that of the link that it is; what is chosen in a button's form goes along). It says for a moment
// that it is done.
(() => {
    "use strict";
    const SAYS_MS = 2000;

    async function textFor(button) {
        if (button.dataset.copyFrom === undefined) {
            return button.dataset.copy;
        }
        const address = new URL(button.dataset.copyFrom || button.href, location.href);
        if (button.form) {
            for (const [name, value] of new FormData(button.form)) {
                address.searchParams.append(name, value);
            }
        }
        const response = await fetch(address);
        if (!response.ok) {
            throw new Error("The server does not answer.");
        }
        return response.text();
    }

    async function toClipboard(text) {
        if (navigator.clipboard) {
            await navigator.clipboard.writeText(text);
            return;
        }
        // without https browsers know only this
        const area = document.createElement("textarea");
        area.value = text;
        area.className = "t-unseen";
        document.body.append(area);
        area.select();
        const isDone = document.execCommand("copy");
        area.remove();
        if (!isDone) {
            throw new Error("The browser does not allow it.");
        }
    }

    /** Say something to everybody: beside the button, and to a screen reader. */
    function say(button, text) {
        const status = document.createElement("span");
        status.className = "t-copied";
        status.setAttribute("role", "status");
        button.after(status);
        status.textContent = text;
        setTimeout(() => status.remove(), SAYS_MS);
    }

    addEventListener("click", async (event) => {
        const button = event.target.closest?.("[data-copy], [data-copy-from]");
        if (!button) {
            return;
        }
        event.preventDefault();
        try {
            await toClipboard(await textFor(button));
            say(button, "Copied");
        } catch (error) {
            say(button, `Not copied. ${error.message}`);
        }
    });
})();
