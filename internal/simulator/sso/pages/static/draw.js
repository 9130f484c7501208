// Draws the page that it came with, a moment after it was loaded.
const bytes = Uint8Array.from(atob(document.getElementById("page").textContent), c => c.charCodeAt(0));
const page = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "text/html");
setTimeout(() => {
    document.title = page.title;
    document.body.replaceChildren(...page.body.children);
    document.getElementById("post")?.submit();
}, 30);
