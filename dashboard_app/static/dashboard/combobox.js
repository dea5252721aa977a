// A list of what may be typed next, below an input: arrow keys, Enter or Tab, Escape, the mouse.
import { freshId, make } from "./elements.js";

/**
 * Let ``text`` offer ``offer(isAsked)``, a list of words; ``take(word)`` gets the one that is chosen.
 * ``place`` holds the list. ``isEager``: the first is chosen unless another one is; otherwise Enter
 * is the input's own as long as nobody has gone into the list. Ctrl+Space asks for it, and in one
 * line the arrow down. ``move(list)`` puts it where it shall be.
 */
export function combobox(text, place, { offer, take, isEager = true, move = () => {} }) {
    const list = make("ul", { className: "ed-choices", role: "listbox", id: freshId("choices"), hidden: true });
    let chosen = -1;
    text.setAttribute("role", "combobox");
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-controls", list.id);
    text.setAttribute("aria-expanded", "false");
    list.setAttribute("aria-label", "What may stand here");
    place.append(list);

    const close = () => {
        list.hidden = true;
        text.setAttribute("aria-expanded", "false");
        text.removeAttribute("aria-activedescendant");
    };
    const mark = () => {
        [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
        const item = list.children[chosen];
        if (item) {
            text.setAttribute("aria-activedescendant", item.id);
            item.scrollIntoView({ block: "nearest" });
        } else {
            text.removeAttribute("aria-activedescendant");
        }
    };
    const open = (isAsked = false) => {
        const words = offer(isAsked);
        if (!words.length) {
            close();
            return;
        }
        chosen = isEager ? 0 : -1;
        list.replaceChildren(...words.map((word) => make("li", {
            id: freshId("choice"), role: "option", textContent: word,
            onmousedown: (event) => {
                event.preventDefault();
                close();
                take(word);
            },
        })));
        list.hidden = false;
        move(list);
        text.setAttribute("aria-expanded", "true");
        mark();
    };

    text.addEventListener("input", () => open());
    text.addEventListener("blur", close);
    text.addEventListener("keydown", (event) => {
        const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
        if (event.ctrlKey && event.code === "Space") {
            event.preventDefault();
            open(true);
            return;
        }
        if (event.ctrlKey || event.metaKey || event.altKey) {
            return; // a shortcut of the page's
        }
        if (list.hidden) {
            if (event.key === "ArrowDown" && !isEager && text.tagName === "INPUT") {
                event.preventDefault();
                open(true);
            }
            return;
        }
        const count = list.children.length;
        if (isArrow) {
            chosen = event.key === "ArrowDown" ? (chosen + 1) % count : (Math.max(chosen, 0) + count - 1) % count;
            mark();
        } else if ((event.key === "Enter" && chosen >= 0) || event.key === "Tab") {
            const item = list.children[Math.max(chosen, 0)];
            close();
            take(item.textContent);
        } else if (event.key === "Escape") {
            close();
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    });
    return { open, close };
}

/** Return the word before the cursor, and where it begins. */
export function wordAt(text) {
    const before = text.value.slice(0, text.selectionStart);
    const word = before.match(/[@\w.:?]*$/)[0];
    return { word, start: before.length - word.length };
}

/** Put ``word`` in the place of the one before the cursor. */
export function replaceWord(text, word) {
    text.setRangeText(word, wordAt(text).start, text.selectionStart, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
}
