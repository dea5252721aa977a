// Whom a request is sent as: the fieldset of console/caller.html -> a name and a token.
import { calmly, make } from "../elements.js";

const FRESH = 10 * 60 * 1000; // milliseconds; the server gives a quarter of an hour

/** The choice of a caller within ``form``, whose CSRF token it uses. */
export class Caller {
    constructor(form) {
        this.form = form;
        this.root = form.querySelector("[data-caller]");
        this.user = this.root.querySelector("[data-user]");
        this.found = this.root.querySelector("[data-found]");
        this.told = this.root.querySelector("[data-told]");
        this.search = this.root.querySelector("#caller-search");
        this.collection = this.root.querySelector("#caller-collection");
        this.tokens = new Map();
        this.root.addEventListener("change", (event) => this.changed(event));
        this.search.addEventListener("input", calmly(() => this.find(), 250));
        this.search.addEventListener("keydown", (event) => {
            if (event.key === "Enter") {
                event.preventDefault();
                this.find();
            }
        });
    }

    /** Who is chosen, as the server knows them. Throw where nobody is. */
    get name() {
        const kind = this.form.elements.caller.value;
        if (kind !== "user") {
            return kind;
        }
        const chosen = this.found.querySelector("input:checked");
        if (!chosen) {
            throw new Error("Choose a user.");
        }
        return chosen.value;
    }

    /** Headers that sign in whom ``name`` says. */
    async headers(name) {
        const token = await this.token(name);
        return token ? { Authorization: token } : {};
    }

    async token(name) {
        if (name === "guest") {
            return "";
        }
        const kept = this.tokens.get(name);
        if (kept && Date.now() - kept.at < FRESH) {
            return kept.token;
        }
        const response = await this.post(this.root.dataset.token, new URLSearchParams({ as: name }));
        if (!response.ok) {
            throw new Error("This account cannot be signed in.");
        }
        const { token } = await response.json();
        this.tokens.set(name, { token, at: Date.now() });
        return token;
    }

    /** Send something to the dashboard itself. */
    post(url, body) {
        const headers = { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
        return fetch(url, { method: "POST", headers, body });
    }

    changed(event) {
        if (event.target.name === "caller") {
            this.user.hidden = event.target.value !== "user";
            if (!this.user.hidden && !this.found.children.length) {
                this.find();
            }
        } else if (event.target === this.collection) {
            this.find();
        }
    }

    async find() {
        const query = new URLSearchParams({ collection: this.collection.value, q: this.search.value });
        const response = await fetch(`${this.root.dataset.people}?${query}`);
        const people = response.ok ? await response.json() : [];
        this.found.replaceChildren(...people.map((person, at) => choice(person, at === 0)));
        this.told.textContent = !response.ok ? "This is no filter." : people.length ? "" : "Nobody is found.";
    }
}

function choice(person, checked) {
    const input = make("input", { type: "radio", name: "caller-user", value: person.as, checked });
    return make("label", { className: "ed-inline" }, input, ` ${person.label}`);
}
