// What opens above a list closes again: with Escape, and by a click beside it.

const opened = () => document.querySelector(".t-menu[open]");

addEventListener("click", (event) => {
    const menu = opened();
    if (menu && !menu.contains(event.target)) {
        menu.open = false;
    }
});
addEventListener("keydown", (event) => {
    const menu = opened();
    if (menu && event.key === "Escape") {
        menu.open = false;
        menu.querySelector("summary").focus();
    }
});
