// The theme's Alpine is the build that evaluates nothing, so that the content security policy needs
// no 'unsafe-eval'. It knows no globals and no statements: the few places of the theme that use
// them are given names here, before Alpine reads the page.
document.addEventListener("alpine:init", () => {
    "use strict";
    const OPEN = "sidebarDesktopOpen"; // in localStorage
    const { Alpine } = globalThis;
    for (const name of ["theme", "searchForm", "searchDropdown", "searchCommand"]) {
        if (globalThis[name]) {
            Alpine.data(name, globalThis[name]);
        }
    }

    const { body } = document;
    const first = body.getAttribute("x-data")?.match(/activeTab: '([^']*)'/)?.[1] || "";
    Alpine.data("wholePage", () => ({
        activeTab: (first && globalThis.getCurrentTab()) || first,
        sidebarMobileOpen: false,
        sidebarDesktopOpen: localStorage.getItem(OPEN) !== "0",
        init() {
            this.$watch(OPEN, (isOpen) => localStorage.setItem(OPEN, isOpen ? "1" : "0"));
        },
        get address() {
            const tab = this.activeTab && this.activeTab !== "general" ? `#${this.activeTab}` : "";
            return `${location.pathname}${location.search}${tab}`;
        },
    }));
    body.setAttribute("x-data", "wholePage");
    body.removeAttribute("x-init");

    const said = (name, words) => [...document.querySelectorAll(`[${CSS.escape(name)}*="${words}"]`)];
    for (const form of said("x-bind:action", "window.location")) {
        form.setAttribute("x-bind:action", "address");
    }
    for (const button of said("x-on:click", "localStorage.setItem")) {
        button.setAttribute("x-on:click", `${OPEN} = !${OPEN}`);
    }
    for (const input of said("x-on:keydown.enter.prevent", "if (")) {
        const act = input.getAttribute("x-on:keydown.enter.prevent").match(/selectItem\([^)]*\)/)[0];
        input.setAttribute("x-on:keydown.enter.prevent", `$event.metaKey || $event.ctrlKey || ${act}`);
    }
});

// what is asked for again and again waits while nobody looks, and while somebody is at it: a link
// that has the focus, or words that are marked, would be gone
document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.target;
    if (part.matches?.("[data-when-seen]") && (document.hidden || isBeingRead(part))) {
        event.preventDefault();
    }
});

function isBeingRead(part) {
    const marked = getSelection();
    return part.contains(document.activeElement) || (!marked.isCollapsed && marked.containsNode(part, true));
}

