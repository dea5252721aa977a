// The search box of a list: names of fields while a filter is typed, and the searches before.
// These are kept in this browser, for each collection.
import { choices } from "../collection/rule_input.js";
import { combobox, replaceWord, wordAt } from "../combobox.js";
import { make } from "../elements.js";
import { Recent } from "../recent.js";

const MOST = 8;
const FORGET = "Forget these searches";
const text = document.getElementById("searchbar");
const recent = new Recent(`searches:${location.pathname}`, MOST);

let context = null;

/** Fetch the names that a filter may have. Without them (the page is being left, say) searches work too. */
async function fetchWords() {
    const response = await fetch(document.querySelector("[data-words]").dataset.words).catch(() => null);
    if (response?.ok) {
        const data = await response.json();
        const own = data.collections.find((item) => item.id === data.id);
        context = { data, ownFields: () => own?.fields || [] };
    }
}

function offer() {
    if (!text.value.trim()) {
        const searches = recent.all();
        return searches.length ? [...searches, FORGET] : [];
    }
    const { word } = wordAt(text);
    return word && context ? choices(word, context).slice(0, MOST) : [];
}

function take(word) {
    if (text.value.trim()) {
        replaceWord(text, word);
    } else if (word === FORGET) {
        recent.forget();
    } else {
        text.value = word;
        text.form.requestSubmit();
    }
}

if (text) {
    const place = make("div", { className: "r-search" });
    text.form.append(place);
    text.autocomplete = "off";
    text.setAttribute("aria-label", "Search");
    if (text.value.trim()) {
        recent.add(text.value.trim());
    }
    const box = combobox(text, place, { offer, take, isEager: false });
    let isTyped = false;
    text.addEventListener("input", () => { isTyped = true; });
    text.addEventListener("focus", async () => {
        await fetchWords();
        if (isTyped && document.activeElement === text) {
            box.open(); // somebody was faster than the names
        }
    }, { once: true });
    text.addEventListener("click", () => {
        if (!text.value.trim()) {
            box.open();
        }
    });
}
