// Links in mails are /_/#/auth/<act>/<token>: only the browser sees what follows the "#".
// Whatever page of the dashboard it was led to, it goes on to the one that knows what to do.
(() => {
    "use strict";
    const go = () => {
        if (location.hash.startsWith("#/auth/")) {
            const root = location.pathname.slice(0, location.pathname.indexOf("/_/") + 3);
            location.replace(`${root}account/${location.hash}`);
        }
    };
    go();
    addEventListener("hashchange", go);
})();

// What cannot be undone asks first: data-confirm of a button is the question.
addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-confirm]");
    if (button && !confirm(button.dataset.confirm)) {
        event.preventDefault();
    }
});

// A password can be looked at while it is typed: data-reveals of a checkbox names its input.
addEventListener("change", (event) => {
    const input = document.getElementById(event.target.dataset?.reveals);
    if (input) {
        input.type = event.target.checked ? "text" : "password";
    }
});

// For whoever has no mouse: past the sidebar in one step.
addEventListener("DOMContentLoaded", () => {
    const content = document.getElementById("content") || document.querySelector("main, #content-main");
    if (content) {
        const link = document.createElement("a");
        Object.assign(link, { className: "t-skip", href: "#", textContent: "Skip to content" });
        link.addEventListener("click", (event) => {
            event.preventDefault();
            content.tabIndex = -1;
            content.focus();
        });
        document.body.prepend(link);
    }
    // the theme's button for the sidebar is none to the keyboard
    for (const toggle of document.querySelectorAll("span.cursor-pointer > [x-on\\:click*=sidebar]")) {
        toggle.tabIndex = 0;
        toggle.setAttribute("role", "button");
        toggle.setAttribute("aria-label", "Sidebar");
        toggle.addEventListener("keydown", (event) => {
            if (event.key === "Enter" || event.key === " ") {
                event.preventDefault();
                toggle.click();
            }
        });
    }
});
