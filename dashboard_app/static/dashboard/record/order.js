// The order of several files: each row below another one has a button that puts it one up.
(() => {
    "use strict";

    function offer(list) {
        for (const row of list.querySelectorAll("[data-row]")) {
            const button = document.createElement("button");
            button.type = "button";
            button.className = "ed-icon r-up";
            button.setAttribute("aria-label", `Move ${row.dataset.row} up`);
            const icon = document.createElement("span");
            icon.className = "material-symbols-outlined md-18";
            icon.setAttribute("aria-hidden", "true");
            icon.textContent = "arrow_upward";
            button.append(icon);
            button.addEventListener("click", () => {
                row.previousElementSibling.before(row);
                button.focus();
                row.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
            });
            row.append(button);
        }
    }

    addEventListener("load", () => document.querySelectorAll("[data-ordered]").forEach(offer));
})();
