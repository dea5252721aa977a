// A window to choose a picture, a sound or a film from: the files of all records that may be seen.
import { calmly, freshId, icon, make } from "../elements.js";

const ICONS = { image: "image", audio: "music_note", video: "movie" };
const REMEMBERED = "media-collection"; // in localStorage

/**
 * Return a promise of ``{url, name, kind}``, or of ``null`` where nothing is chosen. ``kinds`` says
 * what may be: image, audio, video; ``first`` is the id of the collection to begin with.
 */
export function chooseMedia(address, kinds, first) {
    return new Promise((resolve) => new Picker(address, kinds, first, resolve).open());
}

class Picker {
    constructor(address, kinds, first, resolve) {
        Object.assign(this, { address, kinds, resolve, chosen: null, page: 1, asked: 0 });
        this.wanted = localStorage.getItem(REMEMBERED) || first;
        this.collections = make("select", { className: "ed-input", "aria-label": "Collection" });
        this.search = make("input", {
            type: "search", className: "ed-input code", placeholder: "Words, or a filter", "aria-label": "Search",
        });
        this.grid = make("div", { className: "m-grid", role: "group", "aria-label": "Files" });
        this.says = make("p", { className: "ed-help", role: "status" });
        this.more = make("button", { type: "button", className: "ed-button", hidden: true }, "More");
        this.size = make("select", { className: "ed-input m-size", hidden: true, "aria-label": "Size" });
        this.insert = make("button", { type: "button", className: "ed-button ed-primary", disabled: true }, "Insert");
        this.cancel = make("button", { type: "button", className: "ed-button" }, "Cancel");
        const id = freshId("media");
        this.dialog = make(
            "dialog", { className: "ed-dialog ed-wide-dialog", "aria-labelledby": id },
            make("h2", { id }, "Files of records"),
            make("div", { className: "t-bar-form" }, this.collections, this.search),
            this.grid, this.says, this.more,
            make("div", { className: "ed-buttons" }, this.size, this.cancel, this.insert),
        );
        this.collections.addEventListener("change", () => {
            this.wanted = this.collections.value;
            localStorage.setItem(REMEMBERED, this.wanted);
            this.search.value = "";
            this.show(1);
        });
        this.search.addEventListener("input", calmly(() => this.show(1), 250));
        this.search.addEventListener("keydown", (event) => {
            if (event.key === "Enter") {
                event.preventDefault(); // the window may stand in a form
            }
        });
        this.more.addEventListener("click", () => this.show(this.page + 1));
        this.cancel.addEventListener("click", () => this.dialog.close());
        this.insert.addEventListener("click", () => this.take());
        this.dialog.addEventListener("close", () => {
            this.dialog.remove();
            this.resolve(this.taken || null);
        });
    }

    open() {
        document.body.append(this.dialog);
        this.dialog.showModal();
        this.show(1);
    }

    /** Fetch a page; the first takes the place of what is there. */
    async show(page) {
        this.asked += 1;
        const mine = this.asked;
        const query = new URLSearchParams({ collection: this.wanted || "", q: this.search.value.trim(), p: page });
        const response = await fetch(`${this.address}?${query}`).catch(() => null);
        if (mine !== this.asked) {
            return; // something else is wanted by now
        }
        if (!response?.ok) {
            this.says.textContent = "The files could not be fetched.";
            return;
        }
        const answer = await response.json();
        this.page = page;
        this.collections.replaceChildren(
            ...answer.collections.map(({ id, name }) => make("option", { value: id }, name)),
        );
        this.collections.value = answer.collection;
        const tiles = answer.files.filter((file) => this.kinds.includes(file.kind)).map((file) => this.tile(file));
        if (page === 1) {
            this.choose(null, null);
            this.grid.replaceChildren(...tiles);
        } else {
            this.grid.append(...tiles);
        }
        this.more.hidden = !answer.more;
        const none = answer.collections.length ? "There is nothing to insert." : "No collection has files that need no token.";
        this.says.textContent = answer.error || (this.grid.children.length ? "" : none);
    }

    tile(file) {
        const picture = file.kind === "image"
            ? make("img", { src: `${file.url}?thumb=100x100`, alt: "", loading: "lazy" })
            : icon(ICONS[file.kind]);
        const made = make(
            "button", { type: "button", className: "m-tile", title: `${file.label}: ${file.name}`, "aria-pressed": "false" },
            make("span", { className: "m-picture" }, picture),
            make("span", { className: "m-name" }, file.name),
        );
        made.addEventListener("click", () => this.choose(file, made));
        made.addEventListener("dblclick", () => this.take());
        return made;
    }

    choose(file, tile) {
        this.chosen = file;
        for (const other of this.grid.children) {
            other.setAttribute("aria-pressed", String(other === tile));
        }
        const sizes = file?.thumbs || [];
        this.size.hidden = !sizes.length;
        this.size.replaceChildren(
            make("option", { value: "" }, "Original size"),
            ...sizes.map((size) => make("option", { value: size }, `Thumb ${size}`)),
        );
        this.insert.disabled = !file;
    }

    take() {
        const { name, kind, url } = this.chosen;
        const thumb = this.size.value ? `?thumb=${encodeURIComponent(this.size.value)}` : "";
        this.taken = { name, kind, url: `${location.origin}${url}${thumb}` };
        this.dialog.close();
    }
}
