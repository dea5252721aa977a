// A random password into both inputs of its form, shown so that it can be handed on.
import { make } from "../elements.js";

// without those that are taken for one another
const LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 20;

document.querySelector("[data-random-password]")?.addEventListener("click", (event) => {
    const { form } = event.target;
    const chosen = random();
    for (const input of form.querySelectorAll("input[type=password]")) {
        input.value = chosen;
        input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    form.querySelector("[data-chosen]").replaceChildren("It is ", make("code", {}, chosen), ". Set it to make it count.");
});

function random() {
    let out = "";
    while (out.length < LENGTH) {
        const [byte] = crypto.getRandomValues(new Uint8Array(1));
        // the rest of a division would make some letters likelier
        if (byte < 256 - (256 % LETTERS.length)) {
            out += LETTERS[byte % LETTERS.length];
        }
    }
    return out;
}
