// What was typed lately, kept in this browser: the newest first, each once.

export class Recent {
    constructor(key, most) {
        this.key = key;
        this.most = most;
    }

    all() {
        try {
            const found = JSON.parse(localStorage.getItem(this.key) || "[]");
            return Array.isArray(found) ? found.filter((item) => typeof item === "string") : [];
        } catch {
            return [];
        }
    }

    add(text) {
        const others = this.all().filter((item) => item !== text);
        localStorage.setItem(this.key, JSON.stringify([text, ...others].slice(0, this.most)));
    }

    forget() {
        localStorage.removeItem(this.key);
    }
}
