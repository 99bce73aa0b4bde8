// The preview follows what is typed; without this script its button does.
const form = document.getElementById("message-text");
const button = form.querySelector("[data-preview]");
let timer;
const show = () => form.requestSubmit(button);
form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 400); });
show();
